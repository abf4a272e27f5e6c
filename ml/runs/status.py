"""How far a run is, for the page that watches it; what is shown of one whose worker died; whether any worker runs."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext

from ml.models import Run, Worker
from ml.runs.leases.lease import from_now, lease_is_over, lease_length
from ml.runs.lifecycle import last_heard

ON_THE_WAY = (Run.State.QUEUED, Run.State.RUNNING)
# A worker that has nothing to do looks for work every second.
WORKER_LATE = dt.timedelta(seconds=20)


def living_workers() -> models.QuerySet[Worker]:
    """Return the workers that were heard of within the length of a lease, by the database's clock."""
    return Worker.objects.filter(heard_at__gt=from_now(-lease_length()), heard_at__lt=from_now(lease_length()))


def is_abandoned(run: Run) -> bool:
    """Say whether whoever does a run is dead, as far as its lease tells: it is no longer being done."""
    running = run.state == Run.State.RUNNING
    return running and Run.objects.filter(lease_is_over(), pk=run.pk, state=Run.State.RUNNING).exists()


def abandoned_runs() -> models.QuerySet[Run]:
    """Return the runs that are called running and that nobody does."""
    return Run.objects.filter(lease_is_over(), state=Run.State.RUNNING)


def state_of(run: Run) -> dict[str, object]:
    """Return the run's state as JSON.

    Returns
    -------
    `state` and its name for people, whether the run has `ended`, `done` of `total` steps and a `note` as of
    `heard_at` (seconds since 1970, or null), whether somebody asked to cancel it, why it stands still (`waits`: text,
    empty where it does not), whether it waits in vain for a worker, its `curve`, and where its
    `shards` stand (null where it has none).
    """
    abandoned = is_abandoned(run)
    state = Run.State.INTERRUPTED if abandoned else Run.State(run.state)
    return {
        "state": state.value,
        "title": str(state.label),
        "ended": run.state not in ON_THE_WAY,
        "done": run.done,
        "total": run.total,
        "note": run.note,
        "heard_at": run.heartbeat_at.timestamp() if run.heartbeat_at else None,
        "cancelling": run.state == Run.State.RUNNING and run.cancel_asked_at is not None,
        "waits": _why_it_waits(run, abandoned=abandoned),
        "no_worker": ((abandoned and run.is_for_worker) or run.state == Run.State.QUEUED) and no_worker_in_sight(),
        "curve": run.curve,
        "shards": run.shards,
    }


def no_worker_in_sight() -> bool:
    """Say whether work has waited for a while, or was left by a worker that died, and no worker lives."""
    waiting = Run.objects.filter(state=Run.State.QUEUED, queued_at__lt=from_now(-WORKER_LATE))
    if not waiting.exists() and not abandoned_runs().filter(is_for_worker=True).exists():
        return False
    return not living_workers().exists()


def _why_it_waits(run: Run, *, abandoned: bool) -> str:
    if run.state == Run.State.QUEUED and run.is_for_worker and not run.task_id:
        return gettext("The queue could not be reached. As soon as it answers, a worker brings the run there.")
    if not abandoned:
        return ""
    if run.is_for_worker:
        return gettext("Its worker was last heard of at %(time)s; the next worker goes on with it.") % {
            "time": last_heard(run)
        }
    return gettext("Its command was last heard of at %(time)s. The same command goes on with it.") % {
        "time": last_heard(run)
    }
