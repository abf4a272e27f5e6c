"""The production server, started as docs/operations.md tells a user to, for tools that measure it or look at it."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 240.0
"""Seconds for a start that takes ten on an idle machine: the tables are made, static files collected."""


@dataclass(frozen=True, slots=True)
class Served:
    """A `manage.py serve` that answers."""

    host: str
    port: int
    pid: int
    """Of the command, from which all its processes descend."""
    _output: "_Output" = field(repr=False)

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://{self.host}:{self.port}"

    def said(self, pattern: str) -> str:
        """Return what the server printed where a pattern's only group stands, once it has printed it.

        Raises
        ------
        RuntimeError
            It ended, or did not print it in time; the message has what it printed.
        """
        return self._output.wait_for(pattern)[1]


@contextmanager
def serving(data_dir: Path, *arguments: str, environment: Mapping[str, str] = os.environ) -> Iterator[Served]:
    """Run `manage.py serve` on a free port of this machine while the block runs.

    Parameters
    ----------
    data_dir
        The data folder; it is there.
    arguments
        Of the command.
    environment
        The variables that it is started with, but for the one that names the data folder.

    Raises
    ------
    RuntimeError
        It ended, or did not come up in time; the message has what it printed.
    """
    log = data_dir / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, str(ROOT / "manage.py"), "serve", "--bind", "127.0.0.1:0", *arguments],
            env={**environment, "PERCEPTION_DATA_DIR": str(data_dir)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    said = _Output(process, log)
    try:
        host, port = said.wait_for(r"^Serving at http://([^:\s]+):(\d+)\s").groups()
        yield Served(host, int(port), process.pid, said)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()  # nothing if it has ended, as it should have
        process.wait()


@dataclass(frozen=True, slots=True)
class _Output:
    """What a server prints."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, pattern: str) -> re.Match[str]:
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < until:
            if found := re.search(pattern, self.log.read_text(encoding="utf-8"), re.MULTILINE):
                return found
            time.sleep(0.05)
        raise RuntimeError(f"The server did not come up:\n{self.log.read_text(encoding='utf-8')}")
