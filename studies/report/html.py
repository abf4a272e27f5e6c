"""The report as a page: what its template is given, and the page as a file that stands alone."""

from dataclasses import replace
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from studies.report.build import Report
from studies.report.sections.contents import sections_of, warnings_of
from studies.report.sections.elements import LabelledText, Section

STYLES = ("vendor/bootstrap-5.3.9/bootstrap.min.css", "researcher/researcher.css", "researcher/report.css")


def report_context(report: Report) -> dict[str, object]:
    """Return what the report's template shows."""
    return {
        "study": report.study,
        "report": report,
        "warnings": warnings_of(report),
        "sections": _sections(report),
    }


def report_document(report: Report) -> str:
    """Return the page as one file with its style sheets in it: no link, no account, nothing from a server."""
    sections = [_without_pictures(section) for section in _sections(report)]
    alone = {"base": "report/alone.html", "styles": [_style(name) for name in STYLES], "sections": sections}
    return render_to_string("report/page.html", report_context(report) | alone)


def _sections(report: Report) -> list[Section]:
    """Return the sections of a report with answers; the template says itself that there are none."""
    return sections_of(report) if report.rows else []


def _without_pictures(section: Section) -> Section:
    """Return the section with what is said of its pictures: the pictures themselves come from the server."""
    told = (LabelledText(pair.name, pair.text) for pictures in section.pictures for pair in pictures.pairs)
    return replace(section, facts=(*section.facts, *told), pictures=())


def _style(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"there is no style sheet {name}")
    return Path(path).read_text(encoding="utf-8")
