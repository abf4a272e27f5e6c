"""The loop of a worker over the queue in the database."""

import datetime as dt
from types import FrameType

from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult

from ml.models import Worker
from ml.runs.leases.lease import from_now
from ml.runs.leases.process import this_process
from ml.runs.leases.stopping import ask_for_stop

# Seconds between two looks into an empty queue.
LOOK_EVERY = 1.0
KEPT_FOR = dt.timedelta(days=1)


class WorkerDied(Exception):  # noqa: N818 - the name of an event, as tasks' pages show it
    """The worker ended while it did this task: it was killed, ran out of memory, or the machine went down."""


class _Loop(TaskWorker):
    """As `manage.py db_worker`; a run that is being done hears of the signal to end."""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End after the task, which ends at its next step; at a second signal at once."""
        ask_for_stop()
        super().shutdown(signum, frame)


def work_on_database(*, until_empty: bool) -> None:
    """Do the tasks of the queue, one after the other, until a signal comes or (where asked for) none is left."""
    loop = _Loop(
        queue_names=["default"],
        interval=LOOK_EVERY,
        batch=until_empty,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=this_process(),
        excluded_queue_names=[],
    )
    loop.configure_signals()
    loop.run()


def forget_done_tasks() -> None:
    """Forget the tasks that were done some time ago: what a run made, and how it ended, stands with the run."""
    DBTaskResult.objects.successful().filter(finished_at__lt=from_now(-KEPT_FOR)).delete()


def fail_lost_tasks() -> int:
    """Mark the tasks as failed whose worker is gone: they would be called running for ever; return how many there were.

    A task that did a run is not begun again by that: the run is taken over.
    """
    running = list(DBTaskResult.objects.running())
    # Asked after them: whoever has begun one of them since has said before that it lives.
    workers = set(Worker.objects.values_list("name", flat=True))
    lost = [result for result in running if result.worker_ids[-1] not in workers]
    for result in lost:
        try:
            # Raised, not only made: the log then shows it beside the task.
            raise WorkerDied("The worker ended before the task did.")  # noqa: TRY301
        except WorkerDied as error:
            result.set_failed(error)
    return len(lost)
