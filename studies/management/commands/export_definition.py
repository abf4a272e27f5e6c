"""`manage.py export_definition STUDY FILE`: write all that was set of a study, to make the same study elsewhere."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from perception.core.input_files.source import STANDARD_INPUT
from studies.design.definitions.importing import export_definition
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from


class Command(BaseCommand):
    """Write a study's definition, as its page does."""

    help = (
        "Write a study's definition as JSON: its options, texts and plan, and the names of its image pairs; no image, "
        "no observer, no answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the file and who exports."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("file", help="where to write; - is standard output")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, file: str, by: str | None, **options: object) -> None:
        """Write the file, and that it was written."""
        try:
            text = export_definition(study=study_from(study), by=researcher_from(by))
        except StudyError as error:
            raise CommandError(str(error)) from error
        if file == STANDARD_INPUT:
            self.stdout.write(text, ending="")
            return
        try:
            Path(file).write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}") from error
