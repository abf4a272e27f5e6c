from django.apps import AppConfig
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.signals import task_finished


class MlConfig(AppConfig):
    """Images, classifiers, attacks, image pairs."""

    name = "ml"
    verbose_name = "Images and attacks"

    def ready(self) -> None:
        """Say which work each kind of run is, and what is measured; listen for tasks that fail.

        Such a task leaves a run that is called queued.
        """
        from ml.measurements import measure_runs
        from perception.core.monitoring.measurements import add_measurements

        _register_runs()
        add_measurements(measure_runs)
        task_finished.connect(_clear_up_after_failed_task, dispatch_uid="ml.clear_up_after_failed_task")


def _register_runs() -> None:
    from ml.models import Run
    from ml.runs.registry import RunKind, register

    kind = Run.Kind
    remove_upload = "ml.uploads.receiving.remove_upload_read_by"
    for one, registered in {
        kind.TRAIN_CLASSIFIER: RunKind("ml.classifiers.training.ClassifierTraining"),
        kind.IMPORT_DATASET: RunKind("ml.datasets.import_run.DatasetImporting", after_success=remove_upload),
        kind.ADD_CLASSIFIER: RunKind("ml.classifiers.external.ExternalClassifierImport"),
        kind.TRAIN_ATTACK: RunKind("ml.attacks.training.AttackTraining"),
        kind.MAKE_PAIRS: RunKind(
            "ml.pairs.making.PairMaking", remove_unfinished="ml.pairs.work_folder.remove_unfinished_pairs"
        ),
        kind.IMPORT_PAIRS: RunKind("ml.pairs.elsewhere.importing.PairImport", after_success=remove_upload),
        kind.EVALUATE_ATTACK: RunKind("ml.evaluation.attack.AttackEvaluation"),
        kind.MEASURE_SURVIVAL: RunKind("ml.evaluation.survival.SurvivalMeasurement"),
        kind.TRAIN_MODEL_OBSERVER: RunKind("ml.evaluation.model_observer.ModelObserverTraining"),
    }.items():
        register(one, registered)


def _clear_up_after_failed_task(task_result: TaskResult[None], **kwargs: object) -> None:
    if task_result.status != TaskResultStatus.FAILED or not task_result.task.module_path.startswith("ml.tasks."):
        return
    from ml.runs.lifecycle import fail_unstarted_run, mark_interrupted_runs

    mark_interrupted_runs()
    (run_id,) = task_result.args
    if _has_another_task(run_id, task_result.id):
        return
    cause = task_result.errors[-1].exception_class_path.rpartition(".")[2] if task_result.errors else "no reason given"
    fail_unstarted_run(run_id, f"The worker could not begin the run ({cause}); ask for it anew.")


def _has_another_task(run_id: object, task_id: str) -> bool:
    """Say whether a run was queued again, as one may be that is resumed before its dead worker's task is given up."""
    from django_tasks_db.models import DBTaskResult

    on_the_way = DBTaskResult.objects.filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    others = on_the_way.exclude(pk=task_id).filter(task_path__startswith="ml.tasks.")
    return any(other.args_kwargs["args"] == [run_id] for other in others)
