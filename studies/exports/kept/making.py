"""A report made by a worker: once for all who read it, and in no web process."""

import io
import uuid
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, ClassVar

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models import Run
from ml.runs.leases.lease import fenced_transaction
from ml.runs.work import Work
from perception.core.languages import in_english
from perception.core.progress import Progress
from studies.data_protection.kept_reports import folder_of, forget_kept_reports, remove_files_of
from studies.errors import StudyError
from studies.exports.downloads import DOWNLOADS
from studies.exports.kept.fingerprint import fingerprint_of, n_gone
from studies.exports.kept.reading import PAGE
from studies.models.kept_report import KeptReport
from studies.models.study import Study
from studies.tokens import new_token

if TYPE_CHECKING:
    from studies.report.build import Report


@dataclass(frozen=True, kw_only=True)
class ReportMaking(Work[KeptReport]):
    """The report of a study: the page first, then every download.

    Attributes
    ----------
    study
        Its uid.
    name
        Its title, for the list of runs.
    fingerprint
        Of its data when the report was asked for.
    """

    run_kind: ClassVar[Run.Kind] = Run.Kind.MAKE_REPORT

    study: str
    name: str
    fingerprint: str

    def check(self) -> None:
        """Refuse a study whose results may not be seen."""
        if not self._study().results_visible:
            raise MlError(gettext("The results of “%(title)s” are hidden.") % {"title": self.name})

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> KeptReport:
        """Make what is missing; return the report, which is kept from its page on."""
        # Loaded here: SciPy, statsmodels and Matplotlib come with it.
        from studies.report.build import build_report

        study = self._study()
        fingerprint, gone = fingerprint_of(study), n_gone(study)
        try:
            report = build_report(study)
        except StudyError as error:
            raise MlError(str(error)) from error
        making = _Making(study, report, gone)
        total = 1 + len(DOWNLOADS)
        making.keep_page(fingerprint)
        progress(1, total)
        for done, (name, download) in enumerate(DOWNLOADS.items(), start=2):
            try:
                with TemporaryFile() as file:
                    with in_english():
                        download.write(report, file)
                    file.seek(0)
                    making.keep(name, file)
            except StudyError as error:
                making.refuse(name, str(error))
            progress(done, total)
        return making.complete()

    def _study(self) -> Study:
        study = Study.objects.filter(uid=self.study).first()
        if study is None:
            raise MlError(gettext("The study “%(title)s” was deleted meanwhile.") % {"title": self.name})
        return study


class _Making:
    """A report that is being made, file by file: each is named in the report's row once it is stored."""

    def __init__(self, study: Study, report: "Report", gone: int) -> None:
        self._study, self._report, self._gone = study, report, gone
        self._kept: KeptReport | None = None

    def keep_page(self, fingerprint: str) -> None:
        """Begin to keep the report, with its page."""
        from studies.report.html import report_context

        with in_english():
            body = render_to_string("report/body.html", report_context(self._report))
        self._kept = KeptReport(
            study=self._study,
            fingerprint=fingerprint,
            has_answers=bool(self._report.rows),
            is_simulated=self._report.simulated,
        )
        self.keep(PAGE, io.BytesIO(body.encode()))

    def keep(self, name: str, content: IO[bytes]) -> None:
        """Store a file, and name it in the row, unless somebody's data were taken away since the report was begun."""
        kept = self._row
        file = default_storage.save(f"{folder_of(self._study.uid)}/{new_token()}", File(content))
        try:
            self._write(kept, files={**kept.files, name: file})
        except BaseException:
            default_storage.delete(file)
            raise

    def refuse(self, name: str, why: str) -> None:
        """Write down why a download cannot be made."""
        self._write(self._row, refusals={**self._row.refusals, name: why})

    def complete(self) -> KeptReport:
        """Call the report complete, and forget the earlier ones; return it."""
        self._write(self._row, is_complete=True)
        with fenced_transaction():
            forget_kept_reports(self._study, but=self._row.pk)
        remove_files_of(str(self._study.uid))
        return self._row

    @property
    def _row(self) -> KeptReport:
        if self._kept is None:
            raise ValueError("the page is kept first")
        return self._kept

    def _write(self, kept: KeptReport, **fields: object) -> None:
        with fenced_transaction():
            study = Study.objects.select_for_update().defer("protocol").get(pk=self._study.pk)
            is_there = kept.pk is None or KeptReport.objects.filter(pk=kept.pk).exists()
            if n_gone(study) != self._gone or not is_there:
                raise MlError(
                    gettext("Data of “%(title)s” were taken away while its report was made: it is to be made anew.")
                    % {"title": study.title}
                )
            for name, value in fields.items():
                setattr(kept, name, value)
            kept.save()


def remove_unfinished_report(run: Run) -> int:
    """Remove the files of a report that no row names; return how many there were."""
    return remove_files_of(str(run.options.get("study")))
