"""Runs: long work, from asked for to done, with every way in which it can end."""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, models
from django.utils import timezone

from ml.errors import MlError
from ml.leftovers import remove_leftovers
from ml.models import Run
from ml.provenance import versions
from ml.run_locks import forget, hold_run, is_held
from ml.work import Work
from perception.progress import Progress, silent

logger = logging.getLogger(__name__)

Made = TypeVar("Made", bound=models.Model)

# A run of another machine, whose lock cannot be seen from here, is given up when it has said nothing for so long. The
# longest silence of a living run is the tracing of DenseNet-201's first step: a minute or two.
SILENCE = dt.timedelta(minutes=30)
# Seconds between two notes of how far a run is.
NOTE_EVERY = 1.0

ENDED_EARLY = (
    "The program ended before the run did: it was stopped, ran out of memory, or the machine went down. "
    "Nothing half-made was kept; start it again."
)


def new_run(work: Work[Made]) -> Run:
    """Check the work and write down that it is to be done.

    Raises
    ------
    MlError
        It cannot be done as asked.
    """
    work.check()
    return Run.objects.create(kind=work.run_kind, options={**work.as_options(), "uid": str(uuid.uuid4())})


def perform(work: Work[Made], *, progress: Progress = silent) -> Made:
    """Do the work now, in this process, and return what it made.

    Raises
    ------
    MlError
        It cannot be done as asked (nothing was begun), or failed (the run says why).
    """
    mark_interrupted_runs()
    return perform_run(new_run(work), work, progress=progress)


def perform_run(run: Run, work: Work[Made], *, progress: Progress = silent) -> Made:
    """Do the work of a queued run.

    Raises
    ------
    MlError
        The run is not queued, or it failed (it then says why).
    """
    with hold_run(run.pk):
        _start(run)
        with _end_is_recorded(run):
            made = work.carry_out(run=run, uid=uuid.UUID(run.options["uid"]), progress=_recorded(run, progress))
        _finish(run, Run.State.SUCCEEDED, result={"kind": str(made._meta.verbose_name), "name": str(made)})
    return made


@contextmanager
def fail_unreadable(run: Run) -> Iterator[None]:
    """Mark a queued run as failed if what it asks for cannot be done any more."""
    try:
        yield
    except MlError as error:
        _finish(run, Run.State.FAILED, error=str(error))
        raise


def fail_unstarted_run(run_id: int, reason: str) -> None:
    """Mark a run as failed whose task failed before the run began; without this it would be called queued for ever."""
    Run.objects.filter(pk=run_id, state=Run.State.QUEUED).update(
        state=Run.State.FAILED, error=reason, finished_at=timezone.now()
    )


def mark_interrupted_runs() -> int:
    """Mark the runs whose process is gone, and remove the files that they left; return how many there were."""
    marked = 0
    for run in Run.objects.filter(state=Run.State.RUNNING):
        if not _is_abandoned(run):
            continue
        # Only if it still says running: it may have come to its end since it was read.
        still = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING)
        if still.update(state=Run.State.INTERRUPTED, error=ENDED_EARLY, finished_at=timezone.now()):
            remove_leftovers(run)
            marked += 1
        forget(run.pk)
    return marked


def _is_abandoned(run: Run) -> bool:
    held = is_held(run.pk)
    if held is None:
        last_heard = run.heartbeat_at or run.started_at or run.created_at
        return timezone.now() - last_heard > SILENCE
    return not held


def _start(run: Run) -> None:
    now = timezone.now()
    started = Run.objects.filter(pk=run.pk, state=Run.State.QUEUED).update(
        state=Run.State.RUNNING, started_at=now, heartbeat_at=now, versions=versions()
    )
    run.refresh_from_db()
    if not started:
        raise MlError(f"Run {run.pk} is {run.get_state_display()}, not queued: it is done once only.")


@contextmanager
def _end_is_recorded(run: Run) -> Iterator[None]:
    try:
        yield
    except MlError as error:
        _give_up(run, Run.State.FAILED, str(error))
        raise
    except Exception as error:
        _give_up(run, Run.State.FAILED, f"An error that this program did not foresee: {type(error).__name__}: {error}")
        raise
    except BaseException:  # KeyboardInterrupt, SystemExit: somebody stopped it
        _give_up(run, Run.State.INTERRUPTED, ENDED_EARLY)
        raise


def _give_up(run: Run, state: Run.State, error: str) -> None:
    _finish(run, state, error=error)
    remove_leftovers(run)


def _finish(run: Run, state: Run.State, *, error: str = "", result: dict[str, str] | None = None) -> None:
    run.state, run.error, run.result, run.finished_at = state, error, result, timezone.now()
    run.save(update_fields=["state", "error", "result", "finished_at"])


def _recorded(run: Run, progress: Progress) -> Progress:
    """Return a progress callback that also writes to the run, at most once a second."""
    last = float("-inf")

    def note_progress(done: int, total: int, note: str = "") -> None:
        nonlocal last
        progress(done, total, note)
        now = time.monotonic()
        if now - last < NOTE_EVERY and done < total:
            return
        last = now
        try:
            Run.objects.filter(pk=run.pk).update(done=done, total=total, note=note[:200], heartbeat_at=timezone.now())
        except OperationalError as error:  # a locked database must not end hours of work
            logger.warning("How far run %d is could not be noted: %s", run.pk, error)

    return note_progress
