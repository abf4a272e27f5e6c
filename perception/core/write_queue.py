"""Transactions that write, one after the other, in the order in which they came; several in one where many wait.

SQLite has one writer at a time. Who finds it busy sleeps and asks again, up to a tenth of a second later, and whoever
happens to ask at the right moment is served: with many observers some would wait for seconds. A lock of the operating
system wakes the one who has waited longest, at once.

To bring a transaction to the disk takes longer than all else that is done for an answer, and as long for one as for
ten. So those threads of a process that wait have their writing done in the next transaction, together.
"""

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar, cast

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from perception.core.file_lock import FileLock

QUEUE = "db.sqlite3.queue"

T = TypeVar("T")


@contextmanager
def write_transaction() -> Iterator[None]:
    """Open a transaction when it is this thread's turn to write.

    For the short transactions of observers, which are many at a time. Who writes without it is not shut out: the
    database's own lock holds for all. On other databases than SQLite nobody waits for a turn.
    """
    with _writer_lock(), transaction.atomic():
        yield


def group_commit(work: Callable[[], T]) -> T:
    """Write in a transaction, perhaps together with others; when this returns, it is on disk.

    Parameters
    ----------
    work
        Reads and writes the database, by another thread perhaps, in the language of this one. If it raises, what it
        has written is undone, and nothing else; the exception is raised here.

    Returns
    -------
    T
        What the work returned.

    Raises
    ------
    DatabaseError
        The transaction could not be stored, and nothing of it is.
    Exception
        Whatever the work raised.
    """
    if not _takes_turns():
        with transaction.atomic():
            return work()
    job = _Job(work)
    with _jobs_lock:
        _jobs.append(job)
    with _leading:
        if not job.is_done:
            _do_all_jobs()
    return cast("T", job.result())


class _Job:
    """The writing of one caller, and its result."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.is_done = False
        self._work = work
        # The language is in the context; the connection to the database is the thread's.
        self._context = contextvars.copy_context()
        self._results: list[object] = []
        self._error: BaseException | None = None

    def do(self) -> None:
        """Run the work; undo it alone if it fails."""
        try:
            with transaction.atomic():
                self._results.append(self._context.run(self._work))
        except Exception as error:
            self._error = error
        self.is_done = True

    def fail(self, error: BaseException) -> None:
        """Mark the job as failed: the transaction that it was part of did."""
        self._error = error
        self.is_done = True

    def result(self) -> object:
        """Return what the work returned.

        Raises
        ------
        BaseException
            The `_error` that the work, or its transaction, raised.
        """
        if self._error is not None:
            raise self._error
        return self._results[0]


_jobs: list[_Job] = []
_jobs_lock = threading.Lock()
_leading = threading.Lock()


def _do_all_jobs() -> None:
    jobs: list[_Job] = []
    try:
        _write_in_one_transaction(jobs)
    except BaseException as error:
        for job in jobs + _taken_jobs():
            job.fail(error)
        raise


def _write_in_one_transaction(jobs: list[_Job]) -> None:
    """Run the jobs that wait when the turn has come, adding them to the list; each is undone alone if it fails.

    Raises
    ------
    DatabaseError
        A job's writing could not be undone by itself, and nothing of the transaction is stored.
    """
    with _writer_lock(), transaction.atomic():
        jobs += _taken_jobs()
        for job in jobs:
            job.do()
        if transaction.get_rollback():
            # A job's own writing could not be undone by itself (a full disk, say): nothing of this transaction will
            # be kept, and nobody may believe that it was.
            raise DatabaseError("the transaction is broken, and nothing of it is stored")


def _taken_jobs() -> list[_Job]:
    with _jobs_lock:
        taken = list(_jobs)
        _jobs.clear()
    return taken


def _takes_turns() -> bool:
    # Inside a transaction this very thread may hold the database: whoever is before it in the queue would wait for
    # it, and it for them.
    return connection.vendor == "sqlite" and not connection.in_atomic_block


def _writer_lock() -> AbstractContextManager[object]:
    if not _takes_turns():
        return nullcontext()
    return FileLock(settings.DATA_DIR / QUEUE, mode=0o600)
