"""`manage.py duplicate_study STUDY`: make a draft with all that was set of a study."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from studies.design.definitions.importing import duplicate_study
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from


class Command(BaseCommand):
    """Duplicate a study, as its page does."""

    help = "Make a draft with the options, texts and plan of a study; nothing of its observers or answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study and who duplicates it."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, by: str | None, **options: object) -> None:
        """Make the draft, print its number, and what it lacks."""
        try:
            made = duplicate_study(study=study_from(study), by=researcher_from(by))
        except StudyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Study {made.study.pk}: {made.study.title}")
        for gap in made.gaps:
            self.stdout.write(f"  {gap.text}")
