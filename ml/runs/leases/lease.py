"""Who does a run: a lease in the database, renewed by its process, with a number that fences off whoever lost it.

A process that dies, or loses its machine or its network, renews no more, and the lease runs out; then a worker takes
the run over (`ml.workers.keeper`). A process that only stood still may wake after that. So each beginning of a run, and
each loss of one, counts its `fence` up, and whatever a process writes of a run takes effect only while the run's row
has the number that it began with. (Kleppmann, “How to do distributed locking”, 2016; Gray & Cheriton, “Leases”, 1989.)

The database's clock alone decides: machines need not agree on the time.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from ml.errors import MlError
from ml.models.run import Run
from ml.runs.leases.stopping import StoppingError, stop_is_asked

logger = logging.getLogger(__name__)

# A lease is renewed so many times in its length: three renewals may fail, and it is still held.
RENEWALS = 4
# How much further ahead than its length a lease may be before the database's clock must have been set back.
CLOCK_TOLERANCE = dt.timedelta(seconds=1)


class LeaseLostError(MlError):
    """The run is another process's now, or has ended: nothing of it may be written by this one any more."""


def lease_length() -> dt.timedelta:
    """Return for how long a lease holds that is not renewed."""
    return dt.timedelta(seconds=settings.RUN_LEASE_SECONDS)


def from_now(time_ahead: dt.timedelta) -> Combinable:
    """Return the time that far ahead (or back) by the database's clock."""
    return ExpressionWrapper(Now() + time_ahead, output_field=DateTimeField())


def lease_is_over() -> Q:
    """Match runs whose lease is over, if they are running: nobody is taken to do them.

    A lease further ahead than its length was given before the clock was set back: whoever lives renews it, and whoever
    does not must not hold a run for as long as that takes.
    """
    return (
        Q(lease_until=None) | Q(lease_until__lt=Now()) | Q(lease_until__gt=from_now(lease_length() + CLOCK_TOLERANCE))
    )


class Lease:
    """This process's hold on one run, from its beginning to its end. Any thread may ask."""

    def __init__(self, run: Run) -> None:
        """Take note of the number that the run was begun with."""
        self.run_id = run.pk
        self.uid = str(run.options.get("uid"))
        self._fence = run.fence
        self._renewed = _clock()
        self._is_lost = threading.Event()
        self._lets_go_at_next_step = False

    def row(self) -> QuerySet[Run]:
        """Return the run's row, to be updated by whoever does it; nothing where this lease does not hold any more."""
        return Run.objects.filter(pk=self.run_id, fence=self._fence, state=Run.State.RUNNING)

    def renew(self) -> bool:
        """Let the lease hold for its length from now, unless it is lost; say whether it holds."""
        asked = _clock()
        if self.row().update(lease_until=from_now(lease_length())):
            self._renewed = asked
        else:
            self._is_lost.set()
        return not self._is_lost.is_set()

    def lock(self) -> None:
        """Lock the run's row until the end of the transaction, so that nobody takes it over meanwhile.

        Raises
        ------
        LeaseLostError
            It was taken over, or has ended.
        """
        if not self.row().select_for_update().values_list("pk"):
            self._is_lost.set()
            raise self._lost()

    def check(self) -> None:
        """Make sure that the run is still this process's, and ask the database where too much time has passed to know.

        Raises
        ------
        LeaseLostError
            It is not.
        """
        if not self._is_lost.is_set() and _clock() - self._renewed > lease_length().total_seconds():
            try:
                self.renew()
            except DatabaseError as error:  # one that is away for a while must not end hours of work
                logger.warning("Whether run %d is still done here could not be asked: %s", self.run_id, error)
        if self._is_lost.is_set():
            raise self._lost()

    def step(self) -> None:
        """Go on to the next step of the work, if it is still to be done here.

        Raises
        ------
        LeaseLostError
            The run is another's.
        StoppingError
            The process is to end. One more step is done before, in which work that keeps checkpoints writes the last.
        """
        self.check()
        if stop_is_asked():
            if self._lets_go_at_next_step:
                raise StoppingError
            self._lets_go_at_next_step = True

    def _lost(self) -> LeaseLostError:
        return LeaseLostError(
            f"Run {self.run_id} is not this process's any more: it was not heard of for as long as its lease held "
            f"({lease_length().total_seconds():g} s), and the run was taken over, or it was ended. Nothing of what "
            "this process did since is kept."
        )


@contextmanager
def renewed(renew: Callable[[], bool], *, name: str) -> Iterator[None]:
    """Let a thread renew something, several times in the length of a lease, while the block runs.

    Parameters
    ----------
    renew
        Renews it, and says whether it holds; if not, it is not renewed again.
    name
        Of the thread, and in the log.
    """
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(lease_length().total_seconds() / RENEWALS):
            try:
                if not renew():
                    return
            except DatabaseError as error:  # the next time may be in time still
                logger.warning("The %s could not be renewed: %s", name, error)
            finally:
                connection.close()

    thread = threading.Thread(target=keep, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


_current: ContextVar[Lease | None] = ContextVar("lease", default=None)


@contextmanager
def held_lease(run: Run) -> Iterator[Lease]:
    """Hold the lease of a run that this process has just begun, while the block does it; a thread renews it."""
    lease = Lease(run)
    token = _current.set(lease)
    try:
        with renewed(lease.renew, name=f"lease of run {run.pk}"):
            yield lease
    finally:
        _current.reset(token)


def current_lease() -> Lease | None:
    """Return the lease of the run that this thread does; None where it does none."""
    return _current.get()


@contextmanager
def fenced_transaction() -> Iterator[None]:
    """Open the transaction in which a run stores the rows of what it made: whoever has the run stores them, or nobody.

    Outside a run, a plain transaction.

    Raises
    ------
    LeaseLostError
        The run was taken over, or has ended; nothing is stored.
    """
    lease = current_lease()
    with transaction.atomic():
        if lease is not None:
            lease.lock()
        yield


def _clock() -> float:
    """Return seconds since some moment; they pass while the process, or the whole machine, is asleep."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
