"""The two programs that `serve` runs, as child processes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from perception.serving import child_process
from perception.serving.gunicorn_settings import READY_FD
from perception.site.monitoring.measurements import FOLDER_VARIABLE

CONNECTIONS = "PERCEPTION_DATABASE_CONNECTIONS"
"""Name of the variable that the settings read."""
# A worker that trains takes every core there is; the pages that observers look at come first.
WORKER_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Program:
    """A command line, and how it is to run."""

    arguments: Sequence[str]
    signal_on_parent_death: signal.Signals
    niceness: int = 0
    descriptors: Sequence[int] = ()
    environment: Mapping[str, str] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start the program in a process group of its own.

        Of its own: Ctrl-C in a terminal goes to the whole group in front. So it reaches `serve` alone, which stops
        its children in order; and at the end the group can be ended as a whole.
        """
        launcher = [
            *(sys.executable, "-I", "-S", child_process.__file__),
            *(str(os.getpid()), str(int(self.signal_on_parent_death)), str(self.niceness)),
        ]
        return subprocess.Popen(  # noqa: S603 - our own command lines
            [*launcher, *self.arguments],
            env={**_environment(), **(self.environment or {})},
            stdin=subprocess.DEVNULL,
            pass_fds=self.descriptors,
            process_group=0,
        )


def web_server(listener: socket.socket, *, ready: int, workers: int, threads: int) -> Program:
    """Return gunicorn on the listening socket; it writes a line to `ready` once it can answer."""
    return Program(
        arguments=[
            *(sys.executable, "-m", "gunicorn", "--config", "python:perception.serving.gunicorn_settings"),
            *("--bind", f"fd://{listener.fileno()}", "--workers", str(workers), "--threads", str(threads)),
            "perception.wsgi:application",
        ],
        # Requests that are being answered are finished.
        signal_on_parent_death=signal.SIGTERM,
        descriptors=[listener.fileno(), ready],
        environment={CONNECTIONS: _connections(threads), READY_FD: str(ready), **_measuring()},
    )


def background_worker() -> Program:
    """Return the worker that does the queued tasks, one after the other."""
    return Program(
        arguments=[sys.executable, "-m", "django", "worker"],
        # SIGTERM would let it go on until the next step of its work, which may be long in coming. What it did is kept.
        signal_on_parent_death=signal.SIGKILL,
        niceness=WORKER_NICENESS,
    )


def _measuring() -> dict[str, str]:
    """Return where the web processes are to keep their measurements, in an empty folder; nothing where nobody asks."""
    if not settings.METRICS_TOKEN:
        return {}
    folder = Path(settings.DATA_DIR) / "metrics"
    shutil.rmtree(folder, ignore_errors=True)  # of processes that are gone
    folder.mkdir()
    return {FOLDER_VARIABLE: str(folder)}


def _connections(threads: int) -> str:
    """Return how many connections to the database a web process may hold: each thread answers one request."""
    return os.environ.get(CONNECTIONS) or str(threads)


def _environment() -> dict[str, str]:
    """Return this process's environment, with the same project, settings and data folder made explicit."""
    path = [str(Path(settings.BASE_DIR)), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "PERCEPTION_DATA_DIR": str(settings.DATA_DIR),
    }
