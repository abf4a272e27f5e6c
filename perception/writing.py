"""Transactions that write, one after the other, in the order in which they came.

SQLite has one writer at a time. Who finds it busy sleeps and asks again, up to a tenth of a second later, and whoever
happens to ask at the right moment is served: with many observers some would wait for seconds. A lock of the operating
system wakes the one who has waited longest, at once.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

QUEUE = "db.sqlite3.queue"


@contextmanager
def writing() -> Iterator[None]:
    """Open a transaction when it is this thread's turn to write.

    For the short transactions of observers, which are many at a time. Who writes without it is not shut out: the
    database's own lock holds for all. On other databases than SQLite nobody waits for a turn.
    """
    with _turn(), transaction.atomic():
        yield


@contextmanager
def _turn() -> Iterator[None]:
    # Inside a transaction this very thread may hold the database: whoever is before it in the queue would wait for
    # it, and it for them.
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    # Opened anew each time: such a lock belongs to the open file, and threads are to wait for one another too.
    queue = os.open(settings.DATA_DIR / QUEUE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(queue, fcntl.LOCK_EX)
        yield
    finally:
        os.close(queue)  # and with it the lock; the system does the same when a process is killed
