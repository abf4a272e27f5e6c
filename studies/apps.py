from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Studies, sessions, answers, reports."""

    name = "studies"
    verbose_name = "Studies"
