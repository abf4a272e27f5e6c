"""Tasks that a worker was doing when it died: without this they would be called running for ever."""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django_tasks.signals import task_finished
from django_tasks_db.models import DBTaskResult


class WorkerDied(Exception):  # noqa: N818 - the name of an event, as tasks' pages show it
    """The worker ended while it did this task: it was killed, ran out of memory, or the machine went down."""


def fail_lost_tasks(*, worker_id: str) -> int:
    """Mark as failed what a worker left behind; return how many tasks that were.

    To be called only while no process goes by the worker's name (`hold_worker_id`). The tasks are not started
    again: whoever asked for them sees that they failed, and why, and decides.
    """
    lost = [result for result in DBTaskResult.objects.running() if result.worker_ids[-1:] == [worker_id]]
    for result in lost:
        try:
            # Raised, not only made: the log then shows it beside the task.
            raise WorkerDied("The worker ended before the task did; start the task again.")  # noqa: TRY301
        except WorkerDied as error:
            result.set_failed(error)
            _tell(result)
    return len(lost)


def _tell(result: DBTaskResult[..., Any]) -> None:
    """Send the signal that the worker itself sends for a task that fails: whoever waits for the end hears of it."""
    try:
        sender = type(result.task.get_backend())
    except (ImportError, SuspiciousOperation):  # a task of an older version of this program: nobody waits
        return
    task_finished.send(sender=sender, task_result=result.task_result)
