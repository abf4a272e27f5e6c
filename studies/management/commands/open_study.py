"""`manage.py open_study STUDY`: fix the protocol and let observers in."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from ml.errors import MlError
from ml.runs.lifecycle import perform
from perception.core.progress import terminal_progress
from studies.design.lifecycle.long_work import StudyOpening, latest_opening, require_not_being_opened
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from
from studies.models.study_state import OPEN


class Command(BaseCommand):
    """Open a draft."""

    help = "Open a draft: draw its images, fix its protocol, let observers in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study and who opens it."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, by: str | None, **options: object) -> None:
        """Open it and print the protocol's hash."""
        try:
            found, researcher = study_from(study), researcher_from(by)
            last = latest_opening(found)
            if last is None or last.is_for_worker:  # that of a command which was killed is gone on with, by the same
                require_not_being_opened(found)
            with terminal_progress("Stimuli", unit="image") as progress:
                opened = perform(StudyOpening.of(found, OPEN, by=researcher), by=researcher, progress=progress)
        except (StudyError, MlError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"“{opened.title}” is open. Protocol {opened.protocol_sha256}")
