from django.apps import AppConfig
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.signals import task_finished


class MlConfig(AppConfig):
    """Images, classifiers, attacks, image pairs."""

    name = "ml"
    verbose_name = "Images and attacks"

    def ready(self) -> None:
        """Listen for tasks that fail: a worker that died leaves a run behind that still says it is running."""
        task_finished.connect(_clear_up_after_failed_task, dispatch_uid="ml.clear_up_after_failed_task")


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
