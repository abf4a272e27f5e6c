"""`manage.py export_observers STUDY`: what observers told of themselves as CSV, as the study page's download."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from studies import audit
from studies.exports.observers import sessions_csv
from studies.lookup import researcher_from, study_from
from studies.models.audit_event import AuditEvent


class Command(BaseCommand):
    """Write what is known of the observers of a study."""

    help = "Write questionnaires, comments and screens of a study's observers as CSV; it holds no answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the file and who exports."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, output: Path | None, by: str | None, **options: object) -> None:
        """Write the file, and that it was written."""
        exported, researcher = study_from(study), researcher_from(by)
        text = sessions_csv(exported)
        audit.record(
            study=exported, action=AuditEvent.Action.EXPORTED, by=researcher, details={"what": "observers.csv"}
        )
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            output.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}") from error
