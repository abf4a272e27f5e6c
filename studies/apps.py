from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Studies, sessions, answers, reports."""

    name = "studies"
    verbose_name = "Studies"

    def ready(self) -> None:
        """Connect what listens to sessions, and say which studies rest on images."""
        from ml.lifecycle.dependents import register
        from studies.answers import scoring  # noqa: F401 - importing it connects it
        from studies.design.studies_of_images import opened_studies_resting_on, studies_resting_on

        register(resting=studies_resting_on, naming=opened_studies_resting_on)
