"""What can be downloaded of a report, by the name of the file: the list behind the menu and the addresses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_noop

from studies.exports.answers import answers_csv_pieces, answers_json_pieces
from studies.exports.archive.writing import write_archive
from studies.exports.dictionary import dictionary_csv, dictionary_json, dictionary_markdown
from studies.exports.json_text import json_pieces
from studies.exports.psych_ds import write_psych_ds
from studies.exports.tables.latex import latex_tables
from studies.exports.tables.markdown import markdown_tables
from studies.exports.tables.result_table import ResultTable

if TYPE_CHECKING:
    from studies.report.build import Report


@dataclass(frozen=True, slots=True)
class Download:
    """One file that a researcher can take away.

    Attributes
    ----------
    name
        Of the file, with its ending: in its address, in the audit log, and at the end of the name that it is saved by.
    title, explanation
        What the menu says of it.
    content_type
        Of the file.
    write
        Writes it, made of the report, into an empty file that can be written anywhere.
    """

    name: str
    title: str
    explanation: str
    content_type: str
    write: Callable[["Report", IO[bytes]], None]


def _in_utf8(pieces_of: Callable[["Report"], Iterable[str]]) -> Callable[["Report", IO[bytes]], None]:
    """Return what writes a text, which is made of the report piece by piece."""

    def write(report: "Report", file: IO[bytes]) -> None:
        file.writelines(map(str.encode, pieces_of(report)))

    return write


def _write_pdf(report: "Report", file: IO[bytes]) -> None:
    from studies.report.pdf.document import report_pdf  # brings Typst

    file.write(report_pdf(report))


def _imrmc(report: "Report") -> str:
    from studies.exports.imrmc import report_imrmc  # brings NumPy

    return report_imrmc(report)


def _visibility_points(report: "Report") -> str:
    from studies.exports.visibility_points import report_visibility_points  # brings NumPy

    return report_visibility_points(report)


def _result_tables(report: "Report") -> tuple[ResultTable, ...]:
    from studies.exports.tables.result_tables import result_tables  # brings SciPy

    return result_tables(report.figures.summary, simulated=report.simulated)


_ALL = (
    Download(
        "report.pdf",
        gettext_noop("Report (PDF)"),
        gettext_noop("The whole page on A4, to be attached to a paper"),
        "application/pdf",
        _write_pdf,
    ),
    Download(
        "answers.csv",
        gettext_noop("Answers (CSV)"),
        gettext_noop("One row an answer; for spreadsheets, R, pandas"),
        "text/csv; charset=utf-8",
        _in_utf8(lambda report: answers_csv_pieces(report.rows)),
    ),
    Download(
        "answers.json",
        gettext_noop("Answers (JSON)"),
        gettext_noop("The same, with numbers as numbers"),
        "application/json",
        _in_utf8(lambda report: answers_json_pieces(report.rows)),
    ),
    Download(
        "answers.imrmc",
        gettext_noop("Answers (iMRMC)"),
        gettext_noop("Readers, cases and scores, for iMRMC and other programs for multi-reader studies"),
        "text/plain; charset=utf-8",
        _in_utf8(lambda report: [_imrmc(report)]),
    ),
    Download(
        "figures.json",
        gettext_noop("Figures (JSON)"),
        gettext_noop("Every figure with its interval and method"),
        "application/json",
        _in_utf8(lambda report: json_pieces(report.as_dict())),
    ),
    Download(
        "tables.tex",
        gettext_noop("Tables (LaTeX)"),
        gettext_noop("Pooled figures and each observer’s, with booktabs"),
        "application/x-tex; charset=utf-8",
        _in_utf8(lambda report: [latex_tables(_result_tables(report))]),
    ),
    Download(
        "tables.md",
        gettext_noop("Tables (Markdown)"),
        gettext_noop("The same tables"),
        "text/markdown; charset=utf-8",
        _in_utf8(lambda report: [markdown_tables(_result_tables(report))]),
    ),
    Download(
        "visibility-points.csv",
        gettext_noop("Seeing against each measure (CSV)"),
        gettext_noop("One row a measure and image pair: its value, and how many noticed it"),
        "text/csv; charset=utf-8",
        _in_utf8(lambda report: [_visibility_points(report)]),
    ),
    Download(
        "data-dictionary.csv",
        gettext_noop("Data dictionary (CSV)"),
        gettext_noop("What each column of the answers holds"),
        "text/csv; charset=utf-8",
        _in_utf8(lambda _: [dictionary_csv()]),
    ),
    Download(
        "data-dictionary.json",
        gettext_noop("Data dictionary (JSON)"),
        gettext_noop("The same"),
        "application/json",
        _in_utf8(lambda _: [dictionary_json()]),
    ),
    Download(
        "data-dictionary.md",
        gettext_noop("Data dictionary (Markdown)"),
        gettext_noop("The same"),
        "text/markdown; charset=utf-8",
        _in_utf8(lambda _: [dictionary_markdown()]),
    ),
    Download(
        "psych-ds.zip",
        gettext_noop("Answers (Psych-DS)"),
        gettext_noop("A dataset after the community standard, with its metadata"),
        "application/zip",
        write_psych_ds,
    ),
    Download(
        "archive.zip",
        gettext_noop("The whole study (archive)"),
        gettext_noop("Protocol, images, answers, report and program version, with their hashes"),
        "application/zip",
        write_archive,
    ),
)

DOWNLOADS: dict[str, Download] = {download.name: download for download in _ALL}
