"""The queue: one task for every kind of long work, which a worker does. It is given the number of its run."""

import logging
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models.functions import Now
from django_tasks import task

from ml.models import Run
from ml.runs.leases.lease import LeaseLostError
from ml.runs.leases.stopping import StoppingError
from ml.runs.lifecycle import hand_back, perform_as_asked, requeue, run_of_checked
from ml.runs.registry import after_success
from ml.runs.work import Work

logger = logging.getLogger(__name__)

Made = TypeVar("Made", bound=models.Model)


def enqueue(work: Work[Made], *, by: User | None = None, shared: bool = False) -> Run:
    """Check the work and queue it for the worker; return the run.

    To be called outside a transaction: the check may read files for as long as it takes.

    Raises
    ------
    MlError
        It cannot be done as asked; nothing is queued.
    """
    work.check()
    return enqueue_checked(work, by=by, shared=shared)


def enqueue_checked(work: Work[Made], *, by: User | None = None, shared: bool = False) -> Run:
    """Queue work that has been checked; return the run, which is `by`'s.

    Raises
    ------
    MlError
        It would change what is somebody else's; or somebody else has just taken up the run of the very same that was
        cut off.
    """
    with transaction.atomic():
        run = run_of_checked(work, by=by, shared=shared)
        put_in_queue(run)
    return run


def resume(run: Run) -> None:
    """Queue a run again that was cut off; the worker goes on from its checkpoint.

    Raises
    ------
    MlError
        It left no state to go on from, or somebody else has just taken it up.
    """
    with transaction.atomic():
        requeue(run)
        put_in_queue(run)


def put_in_queue(run: Run) -> None:
    """Queue the task of a run that is called queued.

    A queue in the database gets it with the transaction. One on Redis gets it after that, or a worker could look for a
    run that is not there yet; if it is away, the run is queued all the same, and a worker brings it there later
    (`ml.workers.keeper`).
    """
    Run.objects.filter(pk=run.pk).update(task_id="", queued_at=Now(), is_for_worker=True)
    if settings.QUEUE == "database":
        _send(run)
    else:
        transaction.on_commit(partial(_send_if_reached, run))
    run.refresh_from_db()


def _send(run: Run) -> None:
    run.task_id = str(perform_queued_run.enqueue(run.pk).id)
    Run.objects.filter(pk=run.pk).update(task_id=run.task_id)


def _send_if_reached(run: Run) -> None:
    try:
        _send(run)
    except Exception as error:  # whatever the client of the queue's server raises
        logger.warning("Run %d is not in the queue yet, which could not be reached: %s", run.pk, error)


@task()
def perform_queued_run(run_id: int) -> None:
    """Do a queued run, of whatever kind. A run may have several tasks: whichever comes first does it."""
    run = Run.objects.get(pk=run_id)
    if run.state != Run.State.QUEUED:
        return
    try:
        perform_as_asked(run, when_stopped=_hand_back)
    except StoppingError:
        logger.info("Run %d is handed back: this worker was asked to end.", run_id)
    except LeaseLostError as lost:
        logger.warning("%s", lost)
    else:
        after_success(run)


def _hand_back(run: Run) -> None:
    hand_back(run, queue=put_in_queue)


# A queue may still hold tasks under the names that they had in earlier versions, one for each kind.
import_dataset = train_classifier = add_classifier = train_attack = perform_queued_run
make_pairs = import_pairs = evaluate_attack = measure_survival = perform_queued_run
train_model_observer = train_machine_observer = perform_queued_run
