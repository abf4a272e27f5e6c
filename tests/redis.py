"""A Redis server for a test: Debian's, with its data in a temporary folder, on a free loopback port."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import eventually


def require_redis() -> None:
    """Skip the test where there is no Redis; in CI, where it is installed, fail it."""
    if shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("no redis-server")
        pytest.skip("no redis-server: sudo apt install redis-server")


@dataclass(frozen=True)
class Redis:
    """A server that can be stopped and started; what it held goes with it."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Its `REDIS_URL`."""
        return f"redis://127.0.0.1:{self.port}/0"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it while the block runs."""
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", "")
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(["redis-server", *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            eventually(self._answers, "Redis answers")
            yield
        finally:
            process.kill()
            process.wait()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def new_redis(folder: Path) -> Redis:
    """Return a server that is not started yet."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return Redis(folder, found.getsockname()[1])
