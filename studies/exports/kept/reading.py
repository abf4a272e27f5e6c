"""The report that is kept of a study: the one that holds, and its files."""

from typing import IO

from django.core.files.storage import default_storage

from studies.exports.kept.fingerprint import fingerprint_of
from studies.models.kept_report import KeptReport
from studies.models.study import Study

PAGE = "page.html"
"""The body of the page, among the files of a report."""


def kept_report(study: Study) -> KeptReport | None:
    """Return the report of a study that says how it stands now; None where none is made yet."""
    return KeptReport.objects.filter(study=study, fingerprint=fingerprint_of(study)).first()


def earlier_report(study: Study) -> KeptReport | None:
    """Return the last report that was made of a study, whether it holds or not; None where there is none."""
    return KeptReport.objects.filter(study=study).first()


def page_of(report: KeptReport) -> str:
    """Return the body of a report's page, HTML."""
    with open_file(report, PAGE) as file:
        return file.read().decode()


def open_file(report: KeptReport, name: str) -> IO[bytes]:
    """Return a file of a report, open; whoever asked closes it.

    Raises
    ------
    KeyError
        There is none of this name, or not yet.
    OSError
        It is gone.
    """
    opened: IO[bytes] = default_storage.open(report.files[name])
    return opened
