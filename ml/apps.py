from django.apps import AppConfig


class MlConfig(AppConfig):
    """Images, classifiers, attacks, image pairs."""

    name = "ml"
    verbose_name = "Images and attacks"

    def ready(self) -> None:
        """Say which work each kind of run is, and what is measured."""
        from ml.measurements import measure_runs
        from ml.readiness import wrong_with_queue, wrong_with_workers
        from perception.core.monitoring.measurements import add_measurements
        from perception.core.monitoring.readiness import add_readiness_check

        _register_runs()
        add_measurements(measure_runs)
        add_readiness_check(wrong_with_queue)
        add_readiness_check(wrong_with_workers)


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
            "ml.pairs.making.PairMaking",
            remove_unfinished="ml.pairs.work_folder.remove_work_folder_of",
            after_success="ml.workers.after_pairs.queue_measurement",
        ),
        kind.IMPORT_PAIRS: RunKind("ml.pairs.elsewhere.importing.PairImport", after_success=remove_upload),
        kind.EVALUATE_ATTACK: RunKind("ml.evaluation.attack.AttackEvaluation"),
        kind.MEASURE_SURVIVAL: RunKind("ml.evaluation.survival.SurvivalMeasurement"),
        kind.MEASURE_VISIBILITY: RunKind("ml.evaluation.visibility.VisibilityMeasurement"),
        kind.TRAIN_MODEL_OBSERVER: RunKind("ml.evaluation.model_observer.ModelObserverTraining"),
    }.items():
        register(one, registered)
