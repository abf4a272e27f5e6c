"""The report as a page: what its template is given, and the page as a file that stands alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from perception.core.languages import in_english
from studies.report.build import Report
from studies.report.sections.contents import sections_of, warnings_of
from studies.report.sections.elements import LabelledText, Section
from studies.report.sections.head import head_of

STYLES = ("vendor/bootstrap-5.3.9/bootstrap.min.css", "researcher/researcher.css", "researcher/report.css")


@in_english()
def report_context(report: Report, sections: Sequence[Section] | None = None) -> dict[str, object]:
    """Return what the report's template shows; `sections` are the report's own where they are made already."""
    if not report.rows:
        sections = ()  # the template says itself that there are no answers
    return {
        "study": report.study,
        "report": report,
        "head": head_of(report),
        "warnings": warnings_of(report),
        "sections": sections_of(report) if sections is None else sections,
    }


@in_english()
def report_document(report: Report, sections: Sequence[Section]) -> str:
    """Return the page as one file with its style sheets in it: no link, no account, nothing from a server."""
    context = report_context(report, [_without_pictures(section) for section in sections])
    alone = {"base": "report/alone.html", "styles": [_style(name) for name in STYLES]}
    return render_to_string("report/page.html", context | alone)


def _without_pictures(section: Section) -> Section:
    """Return the section with what is said of its pictures: the pictures themselves come from the server."""
    told = (LabelledText(pair.name, pair.text) for pictures in section.pictures for pair in pictures.pairs)
    return replace(section, facts=(*section.facts, *told), pictures=())


def _style(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"there is no style sheet {name}")
    return Path(path).read_text(encoding="utf-8")
