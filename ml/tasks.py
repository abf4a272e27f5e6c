"""The queue: one task for every kind of long work, which a worker does. It is given the number of its run."""

from typing import TypeVar

from django.contrib.auth.models import User
from django.db import models, transaction
from django_tasks import task

from ml.models import Run
from ml.runs.lifecycle import fail_unreadable, mark_interrupted_runs, perform_run, requeue, run_of_checked
from ml.runs.registry import after_success, work_class
from ml.runs.work import Work

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
        perform_queued_run.enqueue(run.pk)
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
        perform_queued_run.enqueue(run.pk)


@task()
def perform_queued_run(run_id: int) -> None:
    """Do a queued run, of whatever kind."""
    mark_interrupted_runs()
    run = Run.objects.get(pk=run_id)
    if run.state == Run.State.CANCELLED:
        return
    with fail_unreadable(run):
        work = work_class(run.kind).from_options(run.options)
        work.check()  # what was so when it was asked may have changed since
    perform_run(run, work)
    after_success(run)


# A queue may still hold tasks under the names that they had in earlier versions, one for each kind.
import_dataset = train_classifier = add_classifier = train_attack = perform_queued_run
make_pairs = import_pairs = evaluate_attack = measure_survival = perform_queued_run
train_model_observer = train_machine_observer = perform_queued_run
