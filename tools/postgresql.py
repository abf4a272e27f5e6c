"""A PostgreSQL server for a while: Debian's, with a cluster in a temporary folder, on a free loopback port."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
"""Whom root runs the server as: PostgreSQL refuses to run as root. Debian's package makes the account."""
PATIENCE = 240.0
"""Seconds for what takes one or two on an idle machine."""


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A server that runs."""

    url: str
    """Its `DATABASE_URL`: an empty database."""
    folder: Path
    """Where its cluster lies, in `data`, and its log, in `log`."""
    options: str

    @property
    def pid(self) -> int:
        """The id of the process from which all of the server's descend."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def stop(self, mode: str = "immediate") -> None:
        """Stop it, as a crash does (`immediate`) or in order (`fast`)."""
        _run("pg_ctl", "--pgdata", self.folder / "data", "--mode", mode, "stop")

    def start(self) -> None:
        """Start it, again where it was stopped; it answers then."""
        log = self.folder / "log"
        _run("pg_ctl", "--pgdata", self.folder / "data", "--options", self.options, "--log", log, "--wait", "start")


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[PostgresqlServer]:
    """Run a server while the block runs.

    Parameters
    ----------
    durable
        Whether a commit waits for the disk, as on a server that is in use. If not, the server is one for tests.

    Raises
    ------
    FileNotFoundError
        PostgreSQL 15 is not installed where Debian has it.
    RuntimeError
        It did not start.
    """
    if not (PROGRAMS / "initdb").exists():
        raise FileNotFoundError(f"no PostgreSQL in {PROGRAMS}: sudo apt install postgresql-15")
    folder = Path(tempfile.mkdtemp(prefix="perception-postgresql-"))
    try:
        if _is_root():
            shutil.chown(folder, user=USER)
        _run("initdb", "--pgdata", folder / "data", "--username", _user(), "--auth", "trust", "--no-sync")
        server = _server(folder, _free_port(), durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server(folder: Path, port: int, *, durable: bool) -> PostgresqlServer:
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    if not durable:
        # Nor does it collect statistics by itself: tests fill tables in transactions that nobody else sees, so it would
        # find them empty, and plan as if they were.
        options += " -c fsync=off -c full_page_writes=off -c autovacuum=off -c max_connections=300"
    return PostgresqlServer(f"postgres://{_user()}@127.0.0.1:{port}/postgres", folder, options)


def _is_root() -> bool:
    return os.geteuid() == 0


def _user() -> str:
    return USER if _is_root() else getpass.getuser()


def _run(program: str, *arguments: str | Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command line
        [PROGRAMS / program, *arguments],
        user=USER if _is_root() else None,
        # A server inherits what it is started with: it must not hold a pipe that somebody reads to its end.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
        timeout=PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"{program} ended with {done.returncode}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
