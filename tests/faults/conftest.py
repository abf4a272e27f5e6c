"""A site for each test, on either database: prepared once, copied for each."""

import itertools
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest

from tests.faults.site import Site, copied, prepare
from tests.postgresql import require_postgresql
from tools.postgresql import PostgresqlServer, postgresql_server

HERE = Path(__file__).parent
EMPTY = "/postgres"
"""What a database's address ends with that has nothing in it."""

Prepared = Callable[[str], Path]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder; the tests of a module run in one process, which prepares each site once."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.process)
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Run a server that waits for the disk, as one in use does; a test that kills it starts it again."""
    require_postgresql()
    with postgresql_server(durable=True) as server:
        yield server


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Prepared:
    """Return what prepares a data folder for a database, and on PostgreSQL the database `prepared`."""

    @cache
    def folder_for(database: str) -> Path:
        folder = tmp_path_factory.mktemp("prepared") / database
        if database == "sqlite":
            prepare(folder)
        else:
            server: PostgresqlServer = request.getfixturevalue("postgresql")
            run_sql(server, "CREATE DATABASE prepared")
            prepare(folder, DATABASE_URL=url_of(server, "prepared"))
        return folder

    return folder_for


_numbers = itertools.count(1)


@pytest.fixture
def on_sqlite(prepared: Prepared, tmp_path: Path) -> Site:
    """Return a site whose database is a file."""
    return Site(copied(prepared("sqlite"), tmp_path / "data"))


@pytest.fixture
def on_postgresql(prepared: Prepared, tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    """Return a site whose database is on a server, which the test may kill and start again."""
    require_postgresql()
    folder = prepared("postgresql")
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    name = f"site_{next(_numbers)}"
    run_sql(server, f"CREATE DATABASE {name} TEMPLATE prepared")
    return Site(copied(folder, tmp_path / "data"), {"DATABASE_URL": url_of(server, name)}, server)


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Site:
    """Return a site on each of the databases."""
    made: Site = request.getfixturevalue(f"on_{request.param}")
    return made


def url_of(server: PostgresqlServer, database: str) -> str:
    """Return the `DATABASE_URL` of one of a server's databases."""
    return f"{server.url.removesuffix(EMPTY)}/{database}"


def run_sql(server: PostgresqlServer, statement: str) -> None:
    """Run a statement that stands in no transaction."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(statement.encode())
