"""kill −9 in the middle of a crowd's answers: of a web process, the worker, the database, everything at once."""

import time

import pytest

from tests.faults.crowd import Crowd
from tests.faults.site import OBSERVERS, TRIALS, Site, kill, processes_of, start_again
from tests.processes import command_lines, eventually

ALL = OBSERVERS * TRIALS


@pytest.mark.slow_fault
def test_a_web_process_and_the_worker_are_killed(site: Site) -> None:
    with site.serve() as server:
        crowd = Crowd(site, server.url)
        with crowd.answering():
            crowd.wait_for(ALL // 6)
            master, *workers = eventually(lambda: two_or_more(site.processes("gunicorn")), "gunicorn has workers")
            kill(workers[0])
            crowd.wait_for(ALL // 3)
            killed = site.workers()
            kill(*killed)
            crowd.wait_for(ALL // 2)
            kill(*site.processes("gunicorn")[1:])  # both at once
        assert server.process.poll() is None
        assert master in site.processes("gunicorn")
        eventually(lambda: set(site.workers()) - set(killed), "another worker")
        assert server.get("/healthz") == (200, b"ok")
    assert not command_lines(site.data_dir)
    crowd.assert_kept()


def two_or_more(found: list[int]) -> list[int]:
    return found if len(found) > 2 else []


def test_everything_is_killed_at_once(site: Site) -> None:
    """As when the machine loses its power, but for what the disk itself forgets."""
    with site.serve() as first:
        crowd = Crowd(site, first.url)
        with crowd.answering():
            crowd.wait_for(ALL // 3)
            site.kill_all()
            told = dict(crowd.acknowledged)
            if site.postgresql is not None:
                start_again(site.postgresql)
            at_the_kill = site.answers()
            with site.serve() as second:
                crowd.move_to(second.url)
                crowd.wait_for(ALL)
    assert told.items() <= at_the_kill.items()
    assert len(told) < ALL
    assert crowd.refused
    crowd.assert_kept()


@pytest.mark.slow_fault
def test_the_database_is_killed_and_started_again(on_postgresql: Site) -> None:
    database = on_postgresql.postgresql
    assert database is not None
    with on_postgresql.serve() as server:
        crowd = Crowd(on_postgresql, server.url)
        with crowd.answering():
            crowd.wait_for(ALL // 3)
            kill(*processes_of(database))
            time.sleep(2)
            assert server.get("/healthz")[0] == 503
            start_again(database)
        assert eventually(lambda: server.get("/healthz") == (200, b"ok"), "it is well again")
        assert server.process.poll() is None
    crowd.assert_kept()
