"""`manage.py study_report STUDY`: the report's figures as JSON, or the whole report as text or PDF."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from studies import audit
from studies.design.lifecycle import note_results_seen
from studies.errors import StudyError
from studies.exports.json_text import json_text
from studies.lookup import exporter_from, researcher_from, study_from
from studies.models.audit_event import AuditEvent
from studies.models.study import Study
from studies.report.build import build_report
from studies.report.pdf.document import report_pdf
from studies.report.text import report_text


class Command(BaseCommand):
    """Print the report of a study, or write it as PDF."""

    help = (
        "Print the figures of a closed (or unblinded) study as JSON, or the report as text; with --pdf, write the "
        "report as PDF."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the PDF's file and who takes it away."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--pdf", type=Path, metavar="FILE", help="write the whole report there, and print nothing")
        parser.add_argument(
            "--format", choices=("json", "text"), default="json", help="of what is printed (default: %(default)s)"
        )
        parser.add_argument("--by", metavar="USER", help="with --pdf, the researcher (default: the only user)")

    def handle(self, *, study: str, pdf: Path | None, format: str, by: str | None, **options: object) -> None:
        """Print the figures or the text alone, or write the PDF."""
        reported = study_from(study)
        try:
            note_results_seen(study=reported, by=researcher_from(by) if by else None)
            if pdf is not None:
                self._write_pdf(reported, pdf, by)
            elif format == "text":
                self.stdout.write(report_text(build_report(reported)))
            else:
                self.stdout.write(json_text(build_report(reported).as_dict()), ending="")
        except StudyError as error:
            raise CommandError(str(error)) from error

    def _write_pdf(self, study: Study, to: Path, by: str | None) -> None:
        researcher = exporter_from(by, study)
        content = report_pdf(build_report(study))
        try:
            to.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{to} cannot be written: {error.strerror}") from error
        audit.record(study=study, action=AuditEvent.Action.EXPORTED, by=researcher, details={"what": "report.pdf"})
        self.stdout.write(f"Wrote {to}.")
