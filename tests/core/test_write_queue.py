"""Who writes at the same time as others has it done with theirs; on SQLite in turn, and nobody waits for ever."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from perception.core.write_queue import QUEUE, group_commit, write_transaction

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc/locks")
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="on other databases nobody waits for a turn")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.fixture
def database(transactional_db: None) -> Iterator[None]:
    yield
    connection.close()


def test_it_is_a_transaction(database: None) -> None:
    from django.contrib.auth.models import User

    def fail() -> None:
        with write_transaction():
            assert connection.in_atomic_block
            User.objects.create_user("somebody")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not User.objects.exists()
    with write_transaction():
        User.objects.create_user("somebody")
    assert User.objects.get().username == "somebody"


@sqlite_only
def test_the_turns_are_taken_in_the_order_of_coming(database: None) -> None:
    order: list[int] = []

    def wait_and_write(number: int) -> None:
        with write_transaction():
            order.append(number)
        connection.close()

    threads = [threading.Thread(target=wait_and_write, args=(number,)) for number in range(5)]
    with write_transaction():
        for waiting, thread in enumerate(threads, start=1):
            thread.start()
            until = time.monotonic() + 30
            while waiting_for_the_queue() < waiting:
                assert time.monotonic() < until
                time.sleep(0.01)
        assert order == []
    for thread in threads:
        thread.join(30)
    assert order == list(range(5))


def waiting_for_the_queue() -> int:
    """Return how many wait for the queue's lock, as the system has it (Linux)."""
    inode = f":{(settings.DATA_DIR / QUEUE).stat().st_ino} "
    return sum("->" in line and inode in line for line in Path("/proc/locks").read_text().splitlines())


def test_inside_a_transaction_nobody_is_waited_for(database: None) -> None:
    with write_transaction(), write_transaction():
        pass
    with transaction.atomic(), write_transaction():
        pass


@pytest.mark.process
@sqlite_only
def test_a_process_that_is_killed_in_its_turn_lets_the_next_one_in(database: None) -> None:
    holds = f"""
import fcntl, os, time
fcntl.flock(os.open({str(settings.DATA_DIR / QUEUE)!r}, os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", holds], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        threading.Timer(0.3, holder.kill).start()
        began = time.monotonic()
        with write_transaction():
            assert time.monotonic() - began > 0.2


def test_what_waits_is_written_in_one_transaction(database: None) -> None:
    from django.contrib.auth.models import User

    def add(name: str) -> int:
        User.objects.create_user(name)
        return threading.get_ident()

    outcomes = write_while_the_queue_is_held([partial(add, name) for name in ("a", "b", "c", "d")])
    assert sorted(User.objects.values_list("username", flat=True)) == ["a", "b", "c", "d"]
    assert len(set(outcomes)) == 1  # one thread did it for all


def test_one_that_fails_takes_nothing_from_the_others(database: None) -> None:
    from django.contrib.auth.models import User

    def add_and_fail() -> None:
        User.objects.create_user("undone")
        raise LookupError("my own")

    outcomes = write_while_the_queue_is_held(
        [
            lambda: User.objects.create_user("one").username,
            add_and_fail,
            lambda: User.objects.create_user("two").username,
        ]
    )
    assert [str(outcome) for outcome in outcomes] == ["one", "my own", "two"]
    assert isinstance(outcomes[1], LookupError)
    assert sorted(User.objects.values_list("username", flat=True)) == ["one", "two"]


def test_nobody_is_told_of_success_when_the_transaction_is_broken(database: None) -> None:
    from django.contrib.auth.models import User

    def add(name: str) -> str:
        return User.objects.create_user(name).username

    def get_over_an_error() -> str:
        add("three")
        with suppress(IntegrityError):
            add("three")  # by which all that the transaction has written is lost
        return "three"

    outcomes = write_while_the_queue_is_held([partial(add, "one"), get_over_an_error, partial(add, "two")])
    assert [outcomes[0], outcomes[2]] == ["one", "two"]
    assert isinstance(outcomes[1], DatabaseError)
    assert "nothing of it is stored" in str(outcomes[1])
    assert sorted(User.objects.values_list("username", flat=True)) == ["one", "two"]
    assert isinstance(run_at_once([partial(group_commit, get_over_an_error)])[0], DatabaseError), "alone, too"
    assert not User.objects.filter(username="three").exists()


@postgresql_only
def test_what_was_ended_by_a_deadlock_is_done_anew(database: None) -> None:
    from django.contrib.auth.models import User

    one, two = (User.objects.create_user(name).pk for name in ("one", "two"))
    crossed = threading.Barrier(2)
    attempts = []

    def take(pk: int) -> None:
        User.objects.select_for_update().get(pk=pk)

    def job() -> str:
        attempts.append(1)
        take(two)
        if len(attempts) == 1:
            crossed.wait(30)
        take(one)  # the first time it waits for the other, and the other for it; who waits longest is ended
        User.objects.filter(pk=one).update(first_name="Written")
        return "done"

    def other() -> str:
        with transaction.atomic():
            take(one)
            crossed.wait(30)
            time.sleep(0.3)
            take(two)
        return "done"

    assert run_at_once([partial(group_commit, job), other]) == ["done", "done"]
    assert len(attempts) == 2
    assert User.objects.get(pk=one).first_name == "Written"


@postgresql_only
@pytest.mark.parametrize("count", [1, 3])
def test_what_was_cut_off_before_it_was_stored_is_done_anew(database: None, count: int) -> None:
    from django.contrib.auth.models import User

    cut: list[str] = []

    def add(name: str) -> str:
        User.objects.create_user(name)
        if not cut:
            cut.append(name)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return name

    names = [f"user {number}" for number in range(count)]
    assert write_while_the_queue_is_held([partial(add, name) for name in names]) == names
    assert sorted(User.objects.values_list("username", flat=True)) == names


def test_the_work_is_done_in_the_language_of_who_asked(database: None) -> None:
    def answer_in(code: str) -> str:
        with translation.override(code):
            return group_commit(translation.get_language)

    outcomes = run_at_once([partial(answer_in, code) for code in ("fr", "en", "fr")])
    assert outcomes == ["fr", "en", "fr"]


def write_while_the_queue_is_held(works: list[Callable[[], object]]) -> list[object]:
    """Let threads write together, all of them waiting before the first may; return what each got or raised."""
    is_held, may_go_on = threading.Event(), threading.Event()

    def hold() -> None:
        is_held.set()
        may_go_on.wait(30)

    def let_go() -> None:
        time.sleep(0.1 * (len(works) + 1))
        may_go_on.set()

    def write(work: Callable[[], object]) -> object:
        assert is_held.wait(30)
        return group_commit(work)

    _, _, *outcomes = run_at_once([partial(group_commit, hold), let_go, *(partial(write, work) for work in works)])
    return outcomes


def run_at_once(calls: list[Callable[[], object]]) -> list[object]:
    outcomes: list[object] = [None] * len(calls)

    def run(place: int) -> None:
        try:
            outcomes[place] = calls[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
        time.sleep(0.1)  # in their order
    for thread in threads:
        thread.join(30)
    return outcomes
