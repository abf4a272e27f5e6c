from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Studies, sessions, answers, reports."""

    name = "studies"
    verbose_name = "Studies"

    def ready(self) -> None:
        """Connect what listens to sessions, and say which studies rest on images."""
        from ml.lifecycle.dependents import register
        from perception.core.monitoring.measurements import add_measurements
        from studies.answers import scoring  # noqa: F401 - importing it connects it
        from studies.design.studies_of_images import opened_studies_resting_on, studies_resting_on
        from studies.measurements import measure_studies

        add_measurements(measure_studies)
        register(resting=studies_resting_on, naming=opened_studies_resting_on)
