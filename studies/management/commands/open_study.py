"""`manage.py open_study STUDY`: fix the protocol and let observers in."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from studies.design.lifecycle import open_study
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from


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
            opened = open_study(study=study_from(study), by=researcher_from(by))
        except StudyError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"“{opened.title}” is open. Protocol {opened.protocol_sha256}")
