"""The pool of connections to PostgreSQL, on a server that is stopped, started anew, and set to lose what it has."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import require_postgresql
from tests.processes import PATIENCE, ROOT, project_environment
from tools.postgresql import PostgresqlServer, postgresql_server

pytestmark = pytest.mark.process

HEAD = """
import os, sys, threading
import django
django.setup()
from django.db import DatabaseError, connection

def ask(question="SELECT 1"):
    with connection.cursor() as cursor:
        cursor.execute(question)
        (value,) = cursor.fetchone()
    return value

def at_once(count):
    "Ask from threads that all hold a connection at the same time; return what each got, or raised."
    together, outcomes = threading.Barrier(count), []
    def request():
        try:
            ask()
            together.wait(60)
            outcomes.append("answered")
        except DatabaseError as error:
            together.abort()
            outcomes.append(repr(error))
        finally:
            connection.close()
    threads = [threading.Thread(target=request) for _ in range(count)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return outcomes
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """Run a server for these tests, since they stop it."""
    require_postgresql()
    with postgresql_server() as running:
        yield running


def start(script: str, server: PostgresqlServer, folder: Path) -> "subprocess.Popen[str]":
    """Start a script under the settings that a user with this server has."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", HEAD + script],
        env=project_environment(folder, DATABASE_URL=server.url, DJANGO_SETTINGS_MODULE="perception.settings"),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said_by(script: str, server: PostgresqlServer, folder: Path) -> list[str]:
    """Run a script to its end, and return the lines that it printed."""
    said, errors = start(script, server, folder).communicate(timeout=PATIENCE)
    assert errors == ""
    return said.splitlines()


def test_a_server_that_was_restarted_costs_nobody_an_error(server: PostgresqlServer, tmp_path: Path) -> None:
    script = """
assert at_once(6) == ["answered"] * 6
print("asked", flush=True)
sys.stdin.readline()
print(*at_once(6), sep="\\n")
"""
    running = start(script, server, tmp_path)
    assert running.stdout is not None
    assert running.stdout.readline() == "asked\n"

    server.stop("immediate")
    server.start()

    said, _ = running.communicate("\n", timeout=PATIENCE)
    assert said.splitlines() == ["answered"] * 6


def test_a_request_waits_for_a_server_that_is_being_restarted(server: PostgresqlServer, tmp_path: Path) -> None:
    script = """
ask(); connection.close()
print("asked", flush=True)
sys.stdin.readline()
print(ask())
"""
    running = start(script, server, tmp_path)
    assert running.stdout is not None
    assert running.stdout.readline() == "asked\n"

    server.stop("fast")
    threading.Timer(1.0, server.start).start()
    began = time.monotonic()

    said, _ = running.communicate("\n", timeout=PATIENCE)
    assert said == "1\n"
    assert time.monotonic() - began > 0.9


def test_a_process_that_is_forked_gets_connections_of_its_own(server: PostgresqlServer, tmp_path: Path) -> None:
    script = """
def backend():
    connection.close()
    return ask("SELECT pg_backend_pid()")

parent = backend()
if (child := os.fork()) == 0:
    print(backend(), flush=True)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert backend() == parent, "it lost its connection"
print(parent, flush=True)
"""
    numbers = said_by(script, server, tmp_path)
    assert len(numbers) == 2
    assert len(set(numbers)) == 2


def test_what_is_acknowledged_is_on_disk_whatever_the_server_says(server: PostgresqlServer, tmp_path: Path) -> None:
    script = """
print(ask("SHOW synchronous_commit"))
connection.ensure_connection()
connection.connection.autocommit = True
with connection.cursor() as cursor:
    cursor.execute("ALTER SYSTEM SET synchronous_commit = off")
    cursor.execute("SELECT pg_reload_conf()")
    cursor.execute("SELECT pg_sleep(0.5)")
connection.close()
connection.close_pool()
print(ask("SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'"), ask("SHOW synchronous_commit"))
with connection.cursor() as cursor:
    cursor.execute("ALTER SYSTEM RESET synchronous_commit")
"""
    assert said_by(script, server, tmp_path) == ["on", "off on"]


def test_a_server_that_loses_what_it_has_acknowledged_is_told_of(server: PostgresqlServer, tmp_path: Path) -> None:
    script = """
from perception.serving.preparation import database_warnings
for warning in database_warnings():
    print(warning.splitlines()[0])
"""
    told = said_by(script, server, tmp_path)  # the tests' servers need not outlive a crash
    assert len(told) == 2
    assert "fsync = off: answers that were acknowledged are lost" in told[0]
    assert "full_page_writes = off" in told[1]


def test_statements_that_are_prepared_are_planned_once(server: PostgresqlServer, tmp_path: Path) -> None:
    script = """
for number in range(3):
    with connection.prepared_cursor() as cursor:
        cursor.execute("SELECT %s + 1", [number])
        assert cursor.fetchone() == (number + 1,)
        ask(f"SELECT {number}")
print(ask("SELECT count(*) FROM pg_prepared_statements"))
"""
    assert said_by(script, server, tmp_path) == ["1"]


def test_a_process_that_stands_still_in_a_transaction_holds_others_up_for_a_minute(
    server: PostgresqlServer, tmp_path: Path
) -> None:
    script = 'print(ask("SHOW idle_in_transaction_session_timeout"))'
    assert said_by(script, server, tmp_path) == ["1min"]


def test_tables_are_looked_at_anew(server: PostgresqlServer, tmp_path: Path) -> None:
    script = """
from django.contrib.auth.models import Group
from django.core.management import call_command
from perception.postgresql.statistics import look_anew
call_command("migrate", verbosity=0)
known = "SELECT reltuples::integer FROM pg_class WHERE relname = 'auth_group'"
Group.objects.bulk_create(Group(name=f"{number}") for number in range(20))
before = ask(known)
look_anew([Group])
print(before, ask(known))
"""
    assert said_by(script, server, tmp_path) == ["-1 20"]
