"""Runs: long work, from asked for to done, with every way in which it can end."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError, models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext

from ml.errors import MlError, within_a_screen
from ml.models import ImportClaim, Run
from ml.models.owned import Owned
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.checks import check_may_change, check_may_use, check_still_there
from ml.runs.cleanup import made_by, remove_unfinished_files
from ml.runs.disk_space import no_room
from ml.runs.learning_curve import Curve
from ml.runs.leases.lease import Lease, LeaseLostError, current_lease, from_now, held_lease, lease_is_over, lease_length
from ml.runs.leases.process import this_process
from ml.runs.registry import work_class
from ml.runs.work import Work
from perception.core.monitoring.outages import is_outage
from perception.core.progress import Progress, silent
from perception.versions import versions

logger = logging.getLogger(__name__)

Made = TypeVar("Made", bound=models.Model)

# Seconds between two notes of how far a run is.
NOTE_EVERY = 1.0

ENDED_EARLY = "The program ended before the run did: it was stopped, ran out of memory, or the machine went down."
CANCELLED = "Somebody cancelled it."
KEPT = "What it had done is kept: resume it, or ask for the same again, and it goes on from there."
NOTHING_KEPT = "Nothing half-made was kept; start it again."

MOST_TAKEOVERS = 3
"""A run that ended its worker so often, and once more, is taken for the reason: it is not begun again by itself."""

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
        state=Run.State.QUEUED, error="", cancel_asked_at=None, finished_at=None, takeovers=0
    )
    run.refresh_from_db()
    if not taken:
        raise MlError(
            gettext("Run %(pk)s was taken up meanwhile: it is %(state)s.")
            % {"pk": run.pk, "state": run.get_state_display().lower()}
        )


def cancel(run: Run) -> None:
    """Ask for a run's end. A queued run ends at once, a running one within a second of its next step.

    One whose worker is gone ends at once as well.

    Raises
    ------
    MlError
        It has ended already.
    """
    now = timezone.now()
    still = Run.objects.filter(pk=run.pk)
    ended = {
        "state": Run.State.CANCELLED,
        "error": _ending(run, CANCELLED),
        "cancel_asked_at": now,
        "finished_at": now,
        "fence": F("fence") + 1,
    }
    if (
        not still.filter(state=Run.State.QUEUED).update(**ended)
        and not still.filter(lease_is_over(), state=Run.State.RUNNING).update(**ended)
        and not still.filter(state=Run.State.RUNNING).update(cancel_asked_at=now)
    ):
        run.refresh_from_db()
        raise MlError(
            gettext("Run %(pk)s has ended already: it %(state)s.")
            % {"pk": run.pk, "state": run.get_state_display().lower()}
        )
    run.refresh_from_db()
    if run.state == Run.State.CANCELLED:
        _clear_up(run)


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

    One of somebody else's is not taken up. Whether another version of the program began it is looked at by whoever does
    it: a web server has not all the packages that decide.
    """
    for run in Run.objects.filter(kind=work.run_kind, state__in=CUT_OFF):
        if by is not None and not run.may_be_changed_by(by):
            continue
        if work.differences_from(run) or not can_resume(run):
            continue
        requeue(run)
        return run
    return None


def perform(work: Work[Made], *, by: User | None = None, shared: bool = False, progress: Progress = silent) -> Made:
    """Do the work now, in this process, and return what it made; `by` owns it, and others use it if it is shared.

    If the process is killed, no worker takes the run over: a command may read files that its machine alone has, and
    whoever started it sees that it ended. The same command goes on with it, once the killed one's lease is over.

    Raises
    ------
    MlError
        It cannot be done as asked (nothing was begun), or failed (the run says why); or the very same is being done.
    """
    work.check()
    _wait_for_the_same(work, progress)
    interrupt_abandoned_commands()
    return perform_run(run_of_checked(work, by=by, shared=shared), work, progress=progress)


def perform_run(run: Run, work: Work[Made], *, progress: Progress = silent) -> Made:
    """Do the work of a queued run, as a command does.

    Raises
    ------
    MlError
        The run is not queued, or it failed (it then says why).
    """
    with _begun(run, when_stopped=_interrupt) as lease:
        return _carry_out(run, work, lease, progress)


def perform_as_asked(run: Run, *, when_stopped: Callable[[Run], None]) -> None:
    """Do the work that a queued run describes, as a worker does.

    Parameters
    ----------
    when_stopped
        Called with the run, which is this process's then, if the process is told to end before the work is done.

    Raises
    ------
    MlError
        The run is not queued, or it failed (it then says why).
    """
    with _begun(run, when_stopped=when_stopped) as lease:
        if (made := made_by(run)) is not None:  # the worker before died when all but this was done
            _succeed(run, made, lease)
            return
        work = work_class(run.kind).from_options(run.options)
        work.check()  # what was so when it was asked may have changed since
        _carry_out(run, work, lease, silent)


def hand_back(run: Run, *, queue: Callable[[Run], None]) -> None:
    """Call a run queued again that this process does and lets go of; the next worker goes on with it.

    Raises
    ------
    LeaseLostError
        It is another process's already.
    """
    with transaction.atomic():
        _change(run, state=Run.State.QUEUED, fence=F("fence") + 1, lease_until=None)
        queue(run)


def take_over(run: Run, *, queue: Callable[[Run], None]) -> bool:
    """Take a run from a worker whose lease is over; say whether it is queued again.

    Nothing happens to a run that another took over first, or whose lease holds again. One that was to be cancelled is;
    one that was taken over too often already failed by that.

    Parameters
    ----------
    queue
        Queues the run's task.
    """
    dead = f"Its worker ({run.worker or 'of an earlier version'}) was last heard of at {last_heard(run)}."
    if run.cancel_asked_at is not None:
        _end_abandoned(run, Run.State.CANCELLED, CANCELLED)
        return False
    if run.takeovers >= MOST_TAKEOVERS:
        _end_abandoned(
            run,
            Run.State.FAILED,
            f"{dead} {run.takeovers + 1} workers ended while they did this run, so no other begins it by itself. The "
            "most frequent reason is memory: see what the system's log of that machine says, and ask for less at once "
            "(smaller images, a smaller batch) or give the worker more.",
        )
        return False
    with transaction.atomic():
        # A process that stands still in the midst of a transaction holds the row: nobody is to wait for that.
        if not _abandoned(run).select_for_update(skip_locked=True).values_list("pk"):
            return False
        taken = _abandoned(run).update(
            state=Run.State.QUEUED, fence=F("fence") + 1, lease_until=None, takeovers=F("takeovers") + 1
        )
        if taken:
            ImportClaim.objects.filter(process=run.worker).update(lease_until=None)
            queue(run)
    if taken:
        logger.warning("Run %d is taken over. %s", run.pk, dead)
    return bool(taken)


def interrupt_abandoned_commands() -> int:
    """Mark the runs of commands that were killed, and remove what these left and cannot go on from; return how many."""
    runs = Run.objects.filter(lease_is_over(), state=Run.State.RUNNING, is_for_worker=False)
    return sum(_end_abandoned(run, Run.State.INTERRUPTED, ENDED_EARLY) for run in runs)


def last_heard(run: Run) -> str:
    """Return when whoever does a run said last how far it is, for people."""
    heard = run.heartbeat_at or run.started_at or run.created_at
    return f"{heard:%Y-%m-%d %H:%M:%S} UTC"


def _abandoned(run: Run) -> models.QuerySet[Run]:
    """Return the row of a running run whose lease is over, unless somebody began or took it since it was read."""
    return Run.objects.filter(lease_is_over(), pk=run.pk, state=Run.State.RUNNING, fence=run.fence)


def _end_abandoned(run: Run, state: Run.State, why: str) -> bool:
    ended = _abandoned(run).update(
        state=state,
        error=within_a_screen(_ending(run, why)),
        finished_at=timezone.now(),
        fence=F("fence") + 1,
        lease_until=None,
    )
    if ended:
        _clear_up(run)
    return bool(ended)


def _wait_for_the_same(work: Work[Made], progress: Progress) -> None:
    """Wait for the lease of a command that did the very same and was killed.

    Raises
    ------
    MlError
        The very same is queued, or whoever does it lives.
    """
    on_its_way = Run.objects.filter(kind=work.run_kind, state__in=[Run.State.QUEUED, Run.State.RUNNING])
    for run in on_its_way:
        if work.differences_from(run):
            continue
        began = run.lease_until
        while run.state == Run.State.RUNNING and not run.is_for_worker and run.lease_until == began:
            if _abandoned(run).exists():
                break
            progress(0, 1, f"run {run.pk} did the same; waiting whether it still does")
            time.sleep(NOTE_EVERY)
            run.refresh_from_db()
        else:
            if run.state in {Run.State.QUEUED, Run.State.RUNNING}:
                raise MlError(
                    f"Run {run.pk} ({run.get_state_display().lower()}) does the very same: "
                    "wait for its end, or cancel it."
                )


def _carry_out(run: Run, work: Work[Made], lease: Lease, progress: Progress) -> Made:
    made = work.carry_out(run=run, uid=uuid.UUID(run.options["uid"]), progress=_recorded(run, lease, progress))
    _succeed(run, made, lease)
    return made


def _succeed(run: Run, made: models.Model, lease: Lease) -> None:
    with transaction.atomic():
        lease.lock()
        _share_as_asked(made, run)
        _finish(run, Run.State.SUCCEEDED, result={"kind": str(made._meta.verbose_name), "name": str(made)})
    Checkpoint(run.options["uid"]).remove()
    if run.fence > 1:  # another process began it, and may have left files of which no row speaks
        remove_unfinished_files(run)


def _share_as_asked(made: models.Model, run: Run) -> None:
    """Share what a run made for its owner, where that was asked for with it."""
    if run.is_shared and isinstance(made, Owned) and made.owner_id == run.owner_id:
        made.is_shared = True
        made.save(update_fields=["is_shared"])


@contextmanager
def _begun(run: Run, *, when_stopped: Callable[[Run], None]) -> Iterator[Lease]:
    """Begin a queued run, hold it while the block does it, and record in which way the block fails."""
    _start(run)
    with held_lease(run) as lease, _end_is_recorded(run, when_stopped):
        _forget_what_another_version_did(run)
        if run.fence > 1:
            _clear_up(run)
        yield lease


def _start(run: Run) -> None:
    now = timezone.now()
    before = run.versions
    started = Run.objects.filter(pk=run.pk, state=Run.State.QUEUED).update(
        state=Run.State.RUNNING,
        started_at=now,
        heartbeat_at=now,
        fence=F("fence") + 1,
        lease_until=from_now(lease_length()),
        worker=this_process(),
    )
    run.refresh_from_db()
    if not started:
        raise MlError(f"Run {run.pk} is {run.get_state_display()}, not queued: it is done once only.")
    run.versions = before


def _forget_what_another_version_did(run: Run) -> None:
    """Begin anew where another version of the program began: its half-done work is not gone on with."""
    if run.versions != versions():
        Checkpoint(run.options["uid"]).remove()
        _change(run, versions=versions())


@contextmanager
def _end_is_recorded(run: Run, when_stopped: Callable[[Run], None]) -> Iterator[None]:
    try:
        yield
    except LeaseLostError:
        _leave_to_another(run)
        raise
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
        if run.is_for_worker and isinstance(error, DatabaseError | InterfaceError) and is_outage(error):
            # Not the run's fault: nobody renews its lease now, and a worker goes on from what is kept.
            logger.warning("Run %d is left to be taken over: the database was away. %s", run.pk, error)
            raise
        _give_up(run, Run.State.FAILED, f"An error that this program did not foresee: {type(error).__name__}: {error}")
        raise
    except BaseException:  # StoppingError, KeyboardInterrupt, SystemExit: somebody stopped it
        when_stopped(run)
        raise


def _interrupt(run: Run) -> None:
    _give_up(run, Run.State.INTERRUPTED, _ending(run, ENDED_EARLY))


def _leave_to_another(run: Run) -> None:
    """Leave a run that is another process's to it; if it has ended meanwhile, remove what this process wrote since."""
    run.refresh_from_db()
    if run.state not in {Run.State.QUEUED, Run.State.RUNNING}:
        _clear_up(run)


def _give_up(run: Run, state: Run.State, error: str) -> None:
    """Record how a run failed, and then remove what it left: if it is another's by now, its files are so too."""
    try:
        try:
            _finish(run, state, error=error)
        except DatabaseError:  # no room even for this, perhaps: what the run left makes some
            _lease_of(run).lock()
            _clear_up(run)
            _finish(run, state, error=error)
        _clear_up(run)
    except (DatabaseError, LeaseLostError) as unwritten:  # its lease runs out, and a worker finds it abandoned
        logger.warning("The end of run %d (%s) could not be noted: %s", run.pk, error, unwritten)


def _clear_up(run: Run) -> None:
    """Remove what a run left, unless it can go on from it."""
    if not has_checkpoint(run.options.get("uid")):
        remove_unfinished_files(run)


def _ending(run: Run, what: str) -> str:
    return f"{what} {KEPT if has_checkpoint(run.options.get('uid')) else NOTHING_KEPT}"


def _finish(run: Run, state: Run.State, *, error: str = "", result: dict[str, str] | None = None) -> None:
    _change(
        run,
        state=state,
        error=within_a_screen(error),
        result=result,
        finished_at=timezone.now(),
        lease_until=None,
    )


def _change(run: Run, **fields: object) -> None:
    """Write to the row of a run that this process does.

    Raises
    ------
    LeaseLostError
        It is another's; nothing is written.
    """
    if not _lease_of(run).row().update(**fields):
        raise LeaseLostError(f"Run {run.pk} is not this process's any more: nothing is written of it.")
    run.refresh_from_db()


def _lease_of(run: Run) -> Lease:
    """Return this process's lease of the run; not by the row as it is now, which may be another's."""
    lease = current_lease()
    if lease is None or lease.run_id != run.pk:
        raise LeaseLostError(f"Run {run.pk} is not done by this process.")
    return lease


def _recorded(run: Run, lease: Lease, progress: Progress) -> Progress:
    """Return a progress callback that also writes to the run, at most once a second, and sees if it is to end."""
    last = float("-inf")
    curve = Curve(run.curve)

    def note_progress(done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
        nonlocal last
        progress(done, total, note, figures)
        lease.step()
        if figures:
            curve.add(done, figures)
        now = time.monotonic()
        if now - last < NOTE_EVERY and done < total:
            return
        last = now
        try:
            lease.row().update(done=done, total=total, note=note[:200], curve=curve.points, heartbeat_at=Now())
            cancelled = Run.objects.filter(pk=run.pk, cancel_asked_at__isnull=False).exists()
        except DatabaseError as error:  # a locked database must not end hours of work
            logger.warning("How far run %d is could not be noted: %s", run.pk, error)
            return
        if cancelled:
            raise RunCancelledError(CANCELLED)

    return note_progress
