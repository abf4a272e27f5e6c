"""PostgreSQL for the tests: a server for one of them, or one that all tests of a run share."""

import os
from contextlib import ExitStack

import pytest

from tools.postgresql import PROGRAMS, postgresql_server

URL_OF_THE_RUN = "TESTS_DATABASE_URL"
"""The variable by which the workers of a parallel run know the server that its first process has started."""

_server_of_the_run = ExitStack()


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
