"""What the commands have in common that write a text about a study, without its results, to a file or to the screen."""

from argparse import ArgumentParser
from pathlib import Path
from typing import ClassVar

from django.core.management.base import BaseCommand, CommandError

from studies import audit
from studies.errors import StudyError
from studies.lookup import exporter_from, study_from
from studies.models.audit_event import AuditEvent
from studies.models.study import Study


class TextCommand(BaseCommand):
    """A command that writes one text about a study; the audit log says that it was taken away."""

    name: ClassVar[str]
    """What the audit log calls the text."""

    def text_of(self, study: Study) -> str:
        """Return the text.

        Raises
        ------
        StudyError
            The study has none yet.
        """
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the file and who exports."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, output: Path | None, by: str | None, **options: object) -> None:
        """Write the text, and that it was written."""
        exported = study_from(study)
        researcher = exporter_from(by, exported)
        try:
            text = self.text_of(exported)
        except StudyError as error:
            raise CommandError(str(error)) from error
        if output is None:
            self.stdout.write(text, ending="")
        else:
            self._write(text, output)
        audit.record(study=exported, action=AuditEvent.Action.EXPORTED, by=researcher, details={"what": self.name})

    def _write(self, text: str, output: Path) -> None:
        try:
            output.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}") from error
