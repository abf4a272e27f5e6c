"""The queue: one task for each kind of long work, which a worker does. A task is given the number of its run."""

from typing import TypeVar

from django.contrib.auth.models import User
from django.db import models, transaction
from django_tasks import task
from django_tasks.base import Task

from ml.attacks.training import AttackTraining
from ml.classifiers.external import ExternalClassifierImport
from ml.classifiers.training import ClassifierTraining
from ml.datasets.import_run import DatasetImporting
from ml.evaluation.attack import AttackEvaluation
from ml.evaluation.model_observer import ModelObserverTraining
from ml.evaluation.survival import SurvivalMeasurement
from ml.models import Run
from ml.pairs.elsewhere.importing import PairImport
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import fail_unreadable, mark_interrupted_runs, perform_run, requeue, run_of_checked
from ml.runs.work import Work
from ml.uploads.receiving import remove_upload_of

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
        _TASKS[work.run_kind].enqueue(run.pk)
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
        _TASKS[Run.Kind(run.kind)].enqueue(run.pk)


@task()
def import_dataset(run_id: int) -> None:
    """Do a queued import of a dataset."""
    _perform(DatasetImporting, run_id)


@task()
def train_classifier(run_id: int) -> None:
    """Do a queued training of a classifier."""
    _perform(ClassifierTraining, run_id)


@task()
def add_classifier(run_id: int) -> None:
    """Do a queued import of an external classifier."""
    _perform(ExternalClassifierImport, run_id)


@task()
def train_attack(run_id: int) -> None:
    """Do a queued training of an attack."""
    _perform(AttackTraining, run_id)


@task()
def make_pairs(run_id: int) -> None:
    """Do a queued making of pairs."""
    _perform(PairMaking, run_id)


@task()
def import_pairs(run_id: int) -> None:
    """Do a queued import of pairs that were perturbed elsewhere."""
    _perform(PairImport, run_id)


@task()
def evaluate_attack(run_id: int) -> None:
    """Do a queued evaluation."""
    _perform(AttackEvaluation, run_id)


@task()
def measure_survival(run_id: int) -> None:
    """Do a queued measurement of what an attack survives."""
    _perform(SurvivalMeasurement, run_id)


@task()
def train_model_observer(run_id: int) -> None:
    """Do a queued training of a model observer."""
    _perform(ModelObserverTraining, run_id)


# A queue may still hold tasks under the name that this one had in earlier versions.
train_machine_observer = train_model_observer


_TASKS: dict[Run.Kind, Task[[int], None]] = {
    Run.Kind.IMPORT_DATASET: import_dataset,
    Run.Kind.TRAIN_CLASSIFIER: train_classifier,
    Run.Kind.ADD_CLASSIFIER: add_classifier,
    Run.Kind.TRAIN_ATTACK: train_attack,
    Run.Kind.MAKE_PAIRS: make_pairs,
    Run.Kind.IMPORT_PAIRS: import_pairs,
    Run.Kind.EVALUATE_ATTACK: evaluate_attack,
    Run.Kind.MEASURE_SURVIVAL: measure_survival,
    Run.Kind.TRAIN_MODEL_OBSERVER: train_model_observer,
}


# Where the options of an import say what it reads; an upload goes once it was read to its end.
READS_UPLOADS: dict[str, str] = {Run.Kind.IMPORT_DATASET: "folder", Run.Kind.IMPORT_PAIRS: "source"}


def _perform(kind: type[Work[models.Model]], run_id: int) -> None:
    mark_interrupted_runs()
    run = Run.objects.get(pk=run_id)
    if run.state == Run.State.CANCELLED:
        return
    with fail_unreadable(run):
        work = kind.from_options(run.options)
        work.check()  # what was so when it was asked may have changed since
    perform_run(run, work)
    if run.kind in READS_UPLOADS:
        remove_upload_of(str(run.options.get(READS_UPLOADS[run.kind])))
