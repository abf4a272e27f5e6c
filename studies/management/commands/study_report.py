"""`manage.py study_report STUDY`: the report's figures as JSON."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies.command_arguments import study_from
from studies.errors import StudyError
from studies.exports.figures import figures_json
from studies.report import build_report


class Command(BaseCommand):
    """Print the report of a study."""

    help = "Print the figures of a closed (or unblinded) study as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study."""
        parser.add_argument("study", help="number or title")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the JSON alone."""
        try:
            report = build_report(study_from(options["study"]))
        except StudyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(figures_json(report.figures), ending="")
