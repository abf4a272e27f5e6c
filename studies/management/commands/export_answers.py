"""`manage.py export_answers STUDY`: the answers as CSV, as the report's download."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies import audit
from studies.command_arguments import researcher_from, study_from
from studies.errors import StudyError
from studies.exports import answers_csv
from studies.models.audit_event import AuditEvent
from studies.report import build_report


class Command(BaseCommand):
    """Write the answers of a study."""

    help = "Write the answers of a closed (or unblinded) study as CSV; `manage.py analyse` reads them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the file and who exports."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, and that it was written."""
        study, by = study_from(options["study"]), researcher_from(options["by"])
        try:
            text = answers_csv(build_report(study).rows)
        except StudyError as error:
            raise CommandError(str(error)) from error
        audit.record(study=study, action=AuditEvent.Action.EXPORTED, by=by, details={"what": "answers.csv"})
        if options["output"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["output"].write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}") from error
