from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Studies, sessions, answers, reports."""

    name = "studies"
    verbose_name = "Studies"

    def ready(self) -> None:
        """Connect what listens to sessions; say which studies rest on images, and what workers do regularly."""
        from ml.lifecycle.dependents import register
        from ml.workers import duties
        from perception.core.monitoring.measurements import add_measurements
        from studies.answers import adaptive_strength, scoring  # noqa: F401 - importing them connects them
        from studies.design.studies_of_images import opened_studies_resting_on, studies_resting_on
        from studies.management.housekeeping import (
            DELETION_EVERY,
            RELEASE_EVERY,
            delete_expired_daily,
            release_places_regularly,
        )
        from studies.measurements import measure_studies

        add_measurements(measure_studies)
        _register_runs()
        register(resting=studies_resting_on, naming=opened_studies_resting_on)
        for task, every in ((delete_expired_daily, DELETION_EVERY), (release_places_regularly, RELEASE_EVERY)):
            duties.register(task.module_path, duties.RegularTask(every, task.enqueue))


def _register_runs() -> None:
    from ml.models import Run
    from ml.runs.registry import RunKind, register

    opening, report = "studies.design.lifecycle.long_work", "studies.exports.kept.making"
    register(
        Run.Kind.MAKE_REPORT, RunKind(f"{report}.ReportMaking", remove_unfinished=f"{report}.remove_unfinished_report")
    )
    register(
        Run.Kind.OPEN_STUDY,
        RunKind(
            f"{opening}.StudyOpening",
            remove_unfinished=f"{opening}.remove_unfinished_opening",
            made=f"{opening}.opened_by",
        ),
    )
