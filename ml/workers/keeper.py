"""Looks after the runs of all workers, from a thread of each: what a dead one left goes on, what was lost is queued.

Any number of keepers may do this at once: each change takes effect for one of them.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from django_tasks import TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from ml.lifecycle.file_removal import finish_removals
from ml.models import Run
from ml.runs.checkpoints import Checkpoint, uids_with_checkpoint
from ml.runs.leases.lease import from_now, lease_length
from ml.runs.lifecycle import interrupt_abandoned_commands, take_over
from ml.runs.status import abandoned_runs
from ml.tasks import perform_queued_run, put_in_queue
from ml.workers.database_queue import fail_lost_tasks, forget_done_tasks
from ml.workers.duties import do_due_duties
from ml.workers.presence import forget_the_silent, say_goodbye, say_that_it_lives

logger = logging.getLogger(__name__)

# Seconds between two looks. A lease that ran out is seen in the next: a dead worker's run goes on within a minute.
LOOK_EVERY = 10.0
# Seconds between two looks at what is rarely amiss.
LOOK_CLOSELY_EVERY = 60.0


class Keeper(threading.Thread):
    """The thread of one worker process; it says that the worker lives, too."""

    def __init__(self) -> None:
        """Begin nothing yet."""
        super().__init__(name="keeper", daemon=True)
        self._is_to_end = threading.Event()
        self._looked_closely = float("-inf")

    def start(self) -> None:
        """Say that the worker lives, before it can begin with a task, and look from now on."""
        try:
            say_that_it_lives()
        except DatabaseError as error:
            logger.warning("That this worker lives could not be noted: %s", error)
        super().start()

    def run(self) -> None:
        """Look, again and again."""
        every = min(LOOK_EVERY, settings.RUN_LEASE_SECONDS / 2)
        while True:
            try:
                self._look()
            except DatabaseError as error:  # it is away: the next look may find it
                logger.warning("The runs of all workers could not be looked after: %s", error)
            except Exception:  # whatever it is, the next look may do better, and the worker's own run goes on
                logger.exception("The runs of all workers could not be looked after.")
            finally:
                connection.close()
            if self._is_to_end.wait(every):
                return

    def end(self) -> None:
        """End the thread, and say that the worker ends."""
        self._is_to_end.set()
        self.join()
        try:
            say_goodbye()
        except DatabaseError as error:
            logger.warning("That this worker ends could not be noted: %s", error)

    def _look(self) -> None:
        say_that_it_lives()
        look_after_runs()
        do_due_duties()
        if settings.QUEUE == "database":
            fail_lost_tasks()
        queue_what_was_lost(among=Run.objects.filter(task_id=""))
        if time.monotonic() - self._looked_closely > LOOK_CLOSELY_EVERY:
            self._looked_closely = time.monotonic()
            queue_what_was_lost(among=Run.objects.all())
            if settings.QUEUE == "database":
                forget_done_tasks()
            remove_finished_checkpoints()
            finish_removals()


def look_after_runs() -> None:
    """Let go on what dead workers left, and mark what killed commands left."""
    forget_the_silent()
    for run in abandoned_runs().filter(is_for_worker=True):
        take_over(run, queue=put_in_queue)
    interrupt_abandoned_commands()


def queue_what_was_lost(*, among: QuerySet[Run]) -> int:
    """Queue the runs again that are called queued, but that no queue holds; return how many there were.

    A queue on Redis may have been away when the run was to be queued, or have been emptied; a worker may have died
    between taking a task and beginning its run.
    """
    waiting = among.filter(state=Run.State.QUEUED, is_for_worker=True, queued_at__lt=from_now(-lease_length()))
    queued = 0
    for run in waiting:
        if _is_in_queue(run.task_id):
            continue
        # Of several keepers one.
        if waiting.filter(pk=run.pk, task_id=run.task_id).update(queued_at=Now()):
            put_in_queue(run)
            queued += 1
    return queued


def remove_finished_checkpoints() -> None:
    """Remove the checkpoints of runs that succeeded, and whose worker died before it could."""
    for uid in uids_with_checkpoint():
        if Run.objects.filter(state=Run.State.SUCCEEDED, options__uid=uid).exists():
            Checkpoint(uid).remove()


def _is_in_queue(task_id: str) -> bool:
    if not task_id:
        return False
    try:
        return perform_queued_run.get_result(task_id).status == TaskResultStatus.READY
    except TaskResultDoesNotExist:
        return False
