"""Transactions that write, in the order in which they came; several in one where many wait.

SQLite has one writer at a time. Who finds it busy sleeps and asks again, up to a tenth of a second later, and whoever
happens to ask at the right moment is served: with many observers some would wait for seconds. A lock of the operating
system wakes the one who has waited longest, at once. PostgreSQL needs none: it has many writers.

To bring a transaction to the disk takes longer than all else that is done for an answer, and as long for one as for
ten. So those threads of a process that wait have their writing done in the next transaction, together, on either.
"""

import contextvars
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar, cast

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from perception.core.file_lock import FileLock

QUEUE = "db.sqlite3.queue"
MOST_ATTEMPTS = 3
# How PostgreSQL says that it has ended a transaction that could not pass beside another: serialization_failure,
# deadlock_detected. It is done anew.
ENDED_FOR_ANOTHER = {"40001", "40P01"}

T = TypeVar("T")


@contextmanager
def write_transaction() -> Iterator[None]:
    """Open a transaction when it is this thread's turn to write.

    For the short transactions of observers, which are many at a time. Who writes without it is not shut out: the
    database's own lock holds for all. On other databases than SQLite nobody waits for a turn.
    """
    with _writer_lock(), transaction.atomic():
        yield


def group_commit(work: Callable[[], T], *, place: int = 0) -> T:
    """Write in a transaction, perhaps together with others; when this returns, it is on disk.

    Parameters
    ----------
    work
        Reads and writes the database and nothing else, by another thread perhaps, in the language of this one. If it
        raises, what it has written is undone, and nothing else; the exception is raised here. What was undone may be
        done anew: because another's work in the same transaction failed, or by the database's wish.
    place
        The key of the row that the work locks. Of those that wait, the one with the smallest is done first: two
        processes whose transactions lock the same rows do so in one order, and none waits for what another waits for.

    Returns
    -------
    T
        What the work returned.

    Raises
    ------
    DatabaseError
        The transaction could not be stored, and nothing of it is; or, if the connection was lost in that very moment,
        nobody can say whether it is.
    Exception
        Whatever the work raised.
    """
    if connection.in_atomic_block:  # the transaction is the caller's
        with transaction.atomic():
            return work()
    job = _Job(work, place)
    with _jobs_lock:
        _jobs.append(job)
    with _leading:
        if not job.is_done:
            _do_all_jobs()
    return cast("T", job.result())


class _Job:
    """The writing of one caller, and its result."""

    def __init__(self, work: Callable[[], object], place: int) -> None:
        self.is_done = False
        self.place = place
        self._work = work
        # The language is in the context; the connection to the database is the thread's.
        self._context = contextvars.copy_context()
        self._results: list[object] = []
        self._error: BaseException | None = None

    def do(self) -> None:
        """Run the work in the transaction that is open."""
        self._results = [self._context.run(self._work)]
        if transaction.get_rollback():
            # The work has got over an error, and the transaction has not: it would be undone without a word.
            raise DatabaseError("the transaction is broken, and nothing of it is stored")

    def do_alone(self) -> None:
        """Run the work in a transaction of its own, anew if it was undone although nothing was wrong with it.

        Raises
        ------
        DatabaseError
            There is no connection to the database.
        """
        for attempts_left in reversed(range(MOST_ATTEMPTS)):
            connection.ensure_connection()
            connected, is_being_stored = connection.connection, False
            try:
                with transaction.atomic():
                    self.do()
                    is_being_stored = True
            except Exception as error:
                was_cut = connection.connection is not connected and not is_being_stored
                if attempts_left and (was_cut or _was_ended_for_another(error)):
                    continue
                self.fail(error)
            else:
                self.is_done = True
            return

    def fail(self, error: BaseException) -> None:
        """Mark the job as failed."""
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
        with _writer_lock():
            connection.ensure_connection()  # without one nobody waits for others to find that out, too
            jobs += sorted(_taken_jobs(), key=lambda job: job.place)
            if len(jobs) == 1 or not _are_done_together(jobs):
                for job in jobs:
                    job.do_alone()
    except BaseException as error:
        for job in jobs + _taken_jobs():
            if not job.is_done:
                job.fail(error)
        raise


def _are_done_together(jobs: Sequence[_Job]) -> bool:
    """Run the jobs in one transaction; say whether it was stored. If not, nothing of it is.

    Without a savepoint for each: it takes two round trips to a server, and jobs fail rarely.

    Raises
    ------
    DatabaseError
        The connection was lost while the transaction was being stored: nobody can say whether it is.
    """
    connected, is_being_stored = connection.connection, False
    try:
        with transaction.atomic():
            for job in jobs:
                job.do()
            is_being_stored = True
    except Exception:
        if is_being_stored and connection.connection is not connected:
            raise
        return False
    for job in jobs:
        job.is_done = True
    return True


def _was_ended_for_another(error: Exception) -> bool:
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) in ENDED_FOR_ANOTHER


def _taken_jobs() -> list[_Job]:
    with _jobs_lock:
        taken = list(_jobs)
        _jobs.clear()
    return taken


def _writer_lock() -> AbstractContextManager[object]:
    # Inside a transaction this very thread may hold the database: whoever is before it in the queue would wait for
    # it, and it for them.
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return nullcontext()
    return FileLock(settings.DATA_DIR / QUEUE, mode=0o600)
