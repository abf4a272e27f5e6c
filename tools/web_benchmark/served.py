"""The production server, started as docs/operations.md tells a user to."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

PATIENCE = 120.0  # seconds for a start that takes two or three on an idle machine
ANNOUNCEMENT = "Serving at "


@dataclass(frozen=True, slots=True)
class Served:
    """A `manage.py serve` that answers."""

    host: str
    port: int
    pid: int
    """Of the command, from which all its processes descend."""


@contextmanager
def serving(data_dir: Path, *arguments: str) -> Iterator[Served]:
    """Run `manage.py serve` on a free port of this machine while the block runs.

    Raises
    ------
    RuntimeError
        It ended, or did not come up in time; the message has what it wrote.
    """
    log = data_dir / "serve.log"
    with log.open("wb") as output:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--bind", "127.0.0.1:0", *arguments]
        process = subprocess.Popen(  # noqa: S603 - our own command line
            command,
            env={**os.environ, "PERCEPTION_DATA_DIR": str(data_dir)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        host, port = _announced(process, log)
        yield Served(host, port, process.pid)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()  # nothing if it has ended, as it should have
        process.wait()


def _announced(process: subprocess.Popen[bytes], log: Path) -> tuple[str, int]:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith(ANNOUNCEMENT):
                host, _, port = line.split()[2].removeprefix("http://").partition(":")
                return host, int(port)
        time.sleep(0.05)
    raise RuntimeError(f"The server did not come up:\n{log.read_text(encoding='utf-8')}")
