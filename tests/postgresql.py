"""A PostgreSQL server for a test: Debian's, with a cluster in a temporary folder, on a free loopback port."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import PATIENCE

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
"""Whom root runs the server as: PostgreSQL refuses to run as root. Debian's package makes the account."""


def require_postgresql() -> None:
    """Skip the test where there is no PostgreSQL; in CI, where it is installed, fail it."""
    if not (PROGRAMS / "initdb").exists():
        if os.environ.get("CI"):
            pytest.fail(f"no PostgreSQL in {PROGRAMS}")
        pytest.skip(f"no PostgreSQL in {PROGRAMS}: sudo apt install postgresql-15")


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Run a server while the block runs; yield its `DATABASE_URL`."""
    as_root = os.geteuid() == 0
    user = USER if as_root else getpass.getuser()
    folder = Path(tempfile.mkdtemp(prefix="perception-postgresql-"))
    try:
        if as_root:
            shutil.chown(folder, user=USER)
        port = _free_port()
        # Nothing of it outlives the test: no write has to reach the disk.
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        _run(user if as_root else None, "initdb", "--pgdata", folder / "data", "--username", user, "--auth", "trust")
        start = ("--pgdata", folder / "data", "--options", options, "--log", folder / "log", "--wait", "start")
        _run(user if as_root else None, "pg_ctl", *start)
        try:
            yield f"postgres://{user}@127.0.0.1:{port}/postgres"
        finally:
            _run(user if as_root else None, "pg_ctl", "--pgdata", folder / "data", "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(user: str | None, program: str, *arguments: str | Path) -> None:
    done = subprocess.run(
        [PROGRAMS / program, *arguments],
        user=user,
        # A server inherits what it is started with: it must not hold a pipe that somebody reads to its end.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"{program} ended with {done.returncode}"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
