"""Who writes to SQLite at the same time as others waits its turn, and nobody waits for ever."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from perception.writing import QUEUE, writing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc/locks")


@pytest.fixture
def database(transactional_db: None) -> Iterator[None]:
    yield
    connection.close()


def test_it_is_a_transaction(database: None) -> None:
    from django.contrib.auth.models import User

    def fail() -> None:
        with writing():
            assert connection.in_atomic_block
            User.objects.create_user("somebody")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not User.objects.exists()
    with writing():
        User.objects.create_user("somebody")
    assert User.objects.get().username == "somebody"


def test_the_turns_are_taken_in_the_order_of_coming(database: None) -> None:
    order: list[int] = []

    def wait_and_write(number: int) -> None:
        with writing():
            order.append(number)
        connection.close()

    threads = [threading.Thread(target=wait_and_write, args=(number,)) for number in range(5)]
    with writing():
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
    with writing(), writing():
        pass
    with transaction.atomic(), writing():
        pass


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
        with writing():
            assert time.monotonic() - began > 0.2
