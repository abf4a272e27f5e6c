from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Studies, sessions, answers, reports."""

    name = "studies"
    verbose_name = "Studies"

    def ready(self) -> None:
        """Connect what listens to sessions."""
        from studies.answers import scoring  # noqa: F401 - importing it connects it
