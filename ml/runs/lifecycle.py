"""Runs: long work, from asked for to done, with every way in which it can end."""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import OperationalError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from ml.errors import MlError, within_a_screen
from ml.models import Run
from ml.models.owned import Owned
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.checks import check_may_change, check_may_use, check_still_there
from ml.runs.cleanup import remove_unfinished_files
from ml.runs.disk_space import no_room
from ml.runs.learning_curve import Curve
from ml.runs.locks import forget, hold_run, is_held
from ml.runs.work import Work
from perception.core.progress import Progress, silent
from perception.versions import versions

logger = logging.getLogger(__name__)

Made = TypeVar("Made", bound=models.Model)

# A run of another machine, whose lock cannot be seen from here, is given up when it has said nothing for so long. The
# longest silence of a living run is the tracing of DenseNet-201's first step: a minute or two.
SILENCE = dt.timedelta(minutes=30)
# Seconds between two notes of how far a run is.
NOTE_EVERY = 1.0

ENDED_EARLY = "The program ended before the run did: it was stopped, ran out of memory, or the machine went down."
CANCELLED = "Somebody cancelled it."
KEPT = "What it had done is kept: resume it, or ask for the same again, and it goes on from there."
NOTHING_KEPT = "Nothing half-made was kept; start it again."

CUT_OFF = (Run.State.INTERRUPTED, Run.State.FAILED, Run.State.CANCELLED)


class RunCancelledError(MlError):
    """Somebody asked for the end of the run."""


def new_run(work: Work[Made], *, by: User | None = None, shared: bool = False) -> Run:
    """Check the work and write down that it is to be done, or take up the run of the very same that was cut off.

    Raises
    ------
    MlError
        It cannot be done as asked.
    """
    work.check()
    return run_of_checked(work, by=by, shared=shared)


def run_of_checked(work: Work[Made], *, by: User | None = None, shared: bool = False) -> Run:
    """Write down that work is to be done which has been checked.

    A check may read files for as long as it takes, a write must not: others wait for it.

    Parameters
    ----------
    by
        Who asks for it, and will own it; None for a command, whose user may do everything.
    shared
        Whether every researcher may use what it makes.

    Raises
    ------
    MlError
        It would change what is somebody else's, or use what somebody keeps to themselves, or what was renamed or
        deleted meanwhile; or somebody else has just taken up the run of the very same that was cut off.
    """
    check_may_change(work.changes(), by)
    used = [getattr(work, field.name) for field in fields(work)]
    check_may_use(used, by)
    with transaction.atomic():
        check_still_there(used)
        return _cut_off_run(work, by) or Run.objects.create(
            owner=by, is_shared=shared, kind=work.run_kind, options={**work.as_options(), "uid": str(uuid.uuid4())}
        )


def can_resume(run: Run) -> bool:
    """Say whether the run was cut off and left a state to go on from."""
    return run.state in CUT_OFF and has_checkpoint(run.options.get("uid"))


def requeue(run: Run) -> None:
    """Call a run queued that was cut off; it then goes on from its checkpoint.

    Raises
    ------
    MlError
        It left no state to go on from, or somebody else has just taken it up.
    """
    if run.state not in CUT_OFF:
        raise MlError(
            gettext("Run %(pk)s (%(state)s) was not cut off: there is nothing to resume.")
            % {"pk": run.pk, "state": run.get_state_display().lower()}
        )
    if not can_resume(run):
        raise MlError(gettext("Run %(pk)s left nothing to go on from; start it anew.") % {"pk": run.pk})
    taken = Run.objects.filter(pk=run.pk, state=run.state).update(
        state=Run.State.QUEUED, error="", cancel_asked_at=None, finished_at=None
    )
    run.refresh_from_db()
    if not taken:
        raise MlError(
            gettext("Run %(pk)s was taken up meanwhile: it is %(state)s.")
            % {"pk": run.pk, "state": run.get_state_display().lower()}
        )


def cancel(run: Run) -> None:
    """Ask for a run's end. A queued run ends at once, a running one within a second of its next step.

    Raises
    ------
    MlError
        It has ended already.
    """
    now = timezone.now()
    still = Run.objects.filter(pk=run.pk)
    if not still.filter(state=Run.State.QUEUED).update(
        state=Run.State.CANCELLED, error=_ending(run, CANCELLED), cancel_asked_at=now, finished_at=now
    ) and not still.filter(state=Run.State.RUNNING).update(cancel_asked_at=now):
        run.refresh_from_db()
        raise MlError(
            gettext("Run %(pk)s has ended already: it %(state)s.")
            % {"pk": run.pk, "state": run.get_state_display().lower()}
        )
    run.refresh_from_db()


def discard(run: Run) -> None:
    """Remove the state and the files that a run left which was cut off.

    Raises
    ------
    MlError
        It has not ended.
    """
    run.refresh_from_db()
    if run.state in {Run.State.QUEUED, Run.State.RUNNING}:
        raise MlError(
            gettext("Run %(pk)s is %(state)s: cancel it first.")
            % {"pk": run.pk, "state": run.get_state_display().lower()}
        )
    Checkpoint(run.options.get("uid")).remove()
    remove_unfinished_files(run)


def _cut_off_run(work: Work[Made], by: User | None) -> Run | None:
    """Return the newest run of the same work that was cut off, queued again; None if there is none to go on from.

    One of somebody else's is neither taken up nor discarded.
    """
    for run in Run.objects.filter(kind=work.run_kind, state__in=CUT_OFF):
        if by is not None and not run.may_be_changed_by(by):
            continue
        if work.differences_from(run) or not can_resume(run):
            continue
        if run.versions != versions():  # another program's half-done work is not gone on with
            discard(run)
            continue
        requeue(run)
        return run
    return None


def perform(work: Work[Made], *, by: User | None = None, shared: bool = False, progress: Progress = silent) -> Made:
    """Do the work now, in this process, and return what it made; `by` owns it, and others use it if it is shared.

    Raises
    ------
    MlError
        It cannot be done as asked (nothing was begun), or failed (the run says why).
    """
    mark_interrupted_runs()
    return perform_run(new_run(work, by=by, shared=shared), work, progress=progress)


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
            uid = uuid.UUID(run.options["uid"])
            made = work.carry_out(run=run, uid=uid, progress=_recorded(run, progress))
            _share_as_asked(made, run)
            Checkpoint(uid).remove()
        _finish(run, Run.State.SUCCEEDED, result={"kind": str(made._meta.verbose_name), "name": str(made)})
    return made


def _share_as_asked(made: models.Model, run: Run) -> None:
    """Share what a run made for its owner, where that was asked for with it."""
    if run.is_shared and isinstance(made, Owned) and made.owner_id == run.owner_id:
        made.is_shared = True
        made.save(update_fields=["is_shared"])


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
        state=Run.State.FAILED, error=within_a_screen(reason), finished_at=timezone.now()
    )


def mark_interrupted_runs() -> int:
    """Mark the runs whose process is gone, and remove the files that they left; return how many there were."""
    marked = 0
    for run in Run.objects.filter(state=Run.State.RUNNING):
        if not _is_abandoned(run):
            continue
        # Only if it still says running: it may have come to its end since it was read.
        still = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING)
        ended = _ending(run, ENDED_EARLY)
        if still.update(state=Run.State.INTERRUPTED, error=ended, finished_at=timezone.now()):
            _clear_up(run)
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
    except RunCancelledError:
        _give_up(run, Run.State.CANCELLED, _ending(run, CANCELLED))
        raise
    except MlError as error:
        _give_up(run, Run.State.FAILED, str(error))
        raise
    except Exception as error:
        if full := no_room(error):
            message = _ending(run, full)
            _give_up(run, Run.State.FAILED, message)
            raise MlError(message) from error
        _give_up(run, Run.State.FAILED, f"An error that this program did not foresee: {type(error).__name__}: {error}")
        raise
    except BaseException:  # KeyboardInterrupt, SystemExit: somebody stopped it
        _give_up(run, Run.State.INTERRUPTED, _ending(run, ENDED_EARLY))
        raise


def _give_up(run: Run, state: Run.State, error: str) -> None:
    _clear_up(run)
    try:
        _finish(run, state, error=error)
    except OperationalError as unwritten:  # no room even for this: whoever looks next finds the run without a process
        logger.warning("The end of run %d (%s) could not be noted: %s", run.pk, error, unwritten)


def _clear_up(run: Run) -> None:
    """Remove what a run left, unless it can go on from it."""
    if not has_checkpoint(run.options.get("uid")):
        remove_unfinished_files(run)


def _ending(run: Run, what: str) -> str:
    return f"{what} {KEPT if has_checkpoint(run.options.get('uid')) else NOTHING_KEPT}"


def _finish(run: Run, state: Run.State, *, error: str = "", result: dict[str, str] | None = None) -> None:
    run.state, run.error, run.result, run.finished_at = state, within_a_screen(error), result, timezone.now()
    run.save(update_fields=["state", "error", "result", "finished_at"])


def _recorded(run: Run, progress: Progress) -> Progress:
    """Return a progress callback that also writes to the run, at most once a second, and sees if it is cancelled."""
    last = float("-inf")
    curve = Curve(run.curve)

    def note_progress(done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
        nonlocal last
        progress(done, total, note, figures)
        if figures:
            curve.add(done, figures)
        now = time.monotonic()
        if now - last < NOTE_EVERY and done < total:
            return
        last = now
        try:
            this = Run.objects.filter(pk=run.pk)
            this.update(done=done, total=total, note=note[:200], curve=curve.points, heartbeat_at=timezone.now())
            cancelled = this.filter(cancel_asked_at__isnull=False).exists()
        except OperationalError as error:  # a locked database must not end hours of work
            logger.warning("How far run %d is could not be noted: %s", run.pk, error)
            return
        if cancelled:
            raise RunCancelledError(CANCELLED)

    return note_progress
