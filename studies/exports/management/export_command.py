"""What the commands have in common that write a download of a report to a file, or to standard output."""

import shutil
from argparse import ArgumentParser
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, ClassVar

from django.core.management.base import BaseCommand, CommandError

from ml.errors import MlError
from studies import audit
from studies.design.lifecycle import note_results_seen
from studies.errors import StudyError
from studies.exports.downloads import DOWNLOADS
from studies.lookup import exporter_from, study_from
from studies.models.audit_event import AuditEvent


class ExportCommand(BaseCommand):
    """A command that writes one of a report's downloads; the audit log says that it was taken away."""

    formats: ClassVar[dict[str, str]]
    """The downloads that the command writes, by the word for `--format`; the first is the default."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the format, the file and who exports."""
        parser.add_argument("study", help="number or title")
        if len(self.formats) > 1:
            parser.add_argument("--format", choices=self.formats, default=next(iter(self.formats)))
        parser.add_argument(
            "--to", "--output", type=Path, metavar="FILE", dest="to", help="where to write (default: standard output)"
        )
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, to: Path | None, by: str | None, **options: object) -> None:
        """Write the file, and that it was written."""
        from studies.report.build import build_report

        exported = study_from(study)
        researcher = exporter_from(by, exported)
        name = self.formats[str(options.get("format") or next(iter(self.formats)))]
        if to is None and name.endswith(".zip"):
            raise CommandError("Say where the archive goes: --to FILE.zip")
        with TemporaryFile() as file:
            try:
                note_results_seen(study=exported, by=researcher)
                DOWNLOADS[name].write(build_report(exported), file)
            except (StudyError, MlError) as error:
                raise CommandError(str(error)) from error
            file.seek(0)
            if to is None:
                text = TextIOWrapper(file, encoding="utf-8", newline="")
                for line in text:
                    self.stdout.write(line, ending="")
                text.detach()  # it would close the file
            else:
                _copy(file, to)
        audit.record(study=exported, action=AuditEvent.Action.EXPORTED, by=researcher, details={"what": name})


def _copy(file: IO[bytes], to: Path) -> None:
    try:
        with to.open("wb") as copy:
            shutil.copyfileobj(file, copy)
    except OSError as error:
        raise CommandError(f"{to} cannot be written: {error.strerror}") from error
