"""`manage.py close_study STUDY`: take no more answers."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from studies.design.lifecycle import close_study
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from


class Command(BaseCommand):
    """Close an open study."""

    help = "Close an open study. Sessions that are not finished are not analysed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study and who closes it."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, by: str | None, **options: object) -> None:
        """Close it."""
        try:
            closed = close_study(study=study_from(study), by=researcher_from(by))
        except StudyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"“{closed.title}” is closed. `manage.py study_report {closed.pk}` shows its results.")
