"""How far a run is, for the page that watches it."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ml.models import Run

ON_THE_WAY = (Run.State.QUEUED, Run.State.RUNNING)
# A worker that has nothing to do looks for work every second.
WORKER_LATE = dt.timedelta(seconds=20)


def state_of(run: Run) -> dict[str, object]:
    """Return the run's state as JSON.

    Returns
    -------
    `state` and its name for people, whether the run has `ended`, `done` of `total` steps and a `note` as of
    `heard_at` (seconds since 1970, or null), whether somebody asked to cancel it, whether it waits in vain for a
    worker, and its `curve`.
    """
    return {
        "state": run.state,
        "title": run.get_state_display(),
        "ended": run.state not in ON_THE_WAY,
        "done": run.done,
        "total": run.total,
        "note": run.note,
        "heard_at": run.heartbeat_at.timestamp() if run.heartbeat_at else None,
        "cancelling": run.state == Run.State.RUNNING and run.cancel_asked_at is not None,
        "no_worker": run.state == Run.State.QUEUED and no_worker_in_sight(),
        "curve": run.curve,
    }


def no_worker_in_sight() -> bool:
    """Say whether work has waited for a while though nothing is being done: no worker seems to run."""
    long_ago = timezone.now() - WORKER_LATE
    if Run.objects.filter(Q(state=Run.State.RUNNING) | Q(finished_at__gt=long_ago)).exists():
        return False
    return bool(DBTaskResult.objects.ready().filter(enqueued_at__lt=long_ago).exists())
