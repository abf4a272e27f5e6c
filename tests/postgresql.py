"""PostgreSQL for the tests: a server for one of them, or one that all tests of a run share."""

import hashlib
import os
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tools.postgresql import PROGRAMS, postgresql_server

URL_OF_THE_RUN = "TESTS_DATABASE_URL"
"""The variable by which the workers of a parallel run know the server that its first process has started."""

_server_of_the_run = ExitStack()


def url_of_folder(data_dir: Path) -> str | None:
    """Return the `DATABASE_URL` of what stands for a data folder's `db.sqlite3`; None where the tests use SQLite.

    A database of its own on the server of the run, which is made, empty, when it is first asked for.
    """
    if URL_OF_THE_RUN not in os.environ:
        return None
    name = _name_of(data_dir)
    with psycopg.connect(os.environ[URL_OF_THE_RUN], autocommit=True) as server:
        # Nobody else asks: a folder is of one process. Its threads may at the same time.
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return os.environ[URL_OF_THE_RUN].rpartition("/")[0] + f"/{name}"


def copy_database(data_dir: Path, copy: Path) -> None:
    """Give a copy of a data folder a copy of its database; nothing is to be done where the tests use SQLite."""
    if url_of_folder(data_dir) is None:
        return
    names = sql.Identifier(_name_of(copy)), sql.Identifier(_name_of(data_dir))
    with psycopg.connect(os.environ[URL_OF_THE_RUN], autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(names[0]))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def _name_of(data_dir: Path) -> str:
    return "data_" + hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:24]


def require_postgresql() -> None:
    """Skip the test where there is no PostgreSQL; in CI, where it is installed, fail it."""
    if not (PROGRAMS / "initdb").exists():
        if os.environ.get("CI"):
            pytest.fail(f"no PostgreSQL in {PROGRAMS}")
        pytest.skip(f"no PostgreSQL in {PROGRAMS}: sudo apt install postgresql-15")


def url_of_the_run() -> str:
    """Return the `DATABASE_URL` of the server that all tests of a run share; start it, if nobody has."""
    if URL_OF_THE_RUN not in os.environ:
        os.environ[URL_OF_THE_RUN] = _server_of_the_run.enter_context(postgresql_server()).url
    return os.environ[URL_OF_THE_RUN]


def stop_server_of_the_run() -> None:
    """Stop the server that all tests of a run share, if it was this process that started it."""
    _server_of_the_run.close()
