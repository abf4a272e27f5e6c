"""A report as the files that the template reads: its texts as JSON, its plots as SVG, its pictures as PNG."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from perception.versions import versions
from studies.report.build import Report
from studies.report.pdf.pictures import pictures_of
from studies.report.pdf.typesetting import typeset
from studies.report.sections.contents import notices_of, sections_of
from studies.report.sections.elements import LabelledText, Section, Table
from studies.report.sections.head import head_of
from studies.report.wording import moment

MOST_LINES = 100
"""Of a table. Each takes a megabyte to set, and nobody reads on: the page and the tables have all of them."""


def report_pdf(report: Report, sections: Sequence[Section] | None = None) -> bytes:
    """Set a report as PDF: the sections of the page, on A4; `sections` are its own where they are made already.

    The same report gives the same bytes.

    Raises
    ------
    StudyError
        It could not be set.
    """
    files = document_files(report, sections_of(report) if sections is None else sections)
    return typeset(files, at=last_moment(report))


def document_files(report: Report, sections: Sequence[Section]) -> dict[str, bytes]:
    """Return the files of one report by name; `report.json` names the others."""
    files: dict[str, bytes] = {}
    content = {**_frame(report), "sections": [_section(section, files) for section in sections]}
    files["report.json"] = json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    return files


def last_moment(report: Report) -> datetime:
    """Return the last moment that the report knows of: the study's end, or an answer or unblinding after it."""
    study = report.study
    moments = (study.opened_at, study.closed_at, study.unblinded_at, *(row.answered_at for row in report.rows))
    return max(moment for moment in moments if moment is not None)


def _frame(report: Report) -> dict[str, Any]:
    """Return what stands around the sections: title, notices, and the marks that every page bears."""
    study, head = report.study, head_of(report)
    return {
        **asdict(replace(head, marks=())),
        "description": f"Report of a perception study. Protocol: SHA-256 {study.protocol_sha256}",
        "keywords": ["perception study", "adversarial perturbation", study.trials.title],
        "protocol": study.protocol_sha256,
        "footer": f"perception {versions()['perception']}",
        "marks": list(head.marks),
        "notices": [asdict(notice) for notice in notices_of(report)],
        "facts": [asdict(fact) for fact in (*head.asked, *head.approvals, *_facts(report))],
        "people": [author.name for author in report.publication.authors],
    }


def _facts(report: Report) -> list[LabelledText]:
    study = report.study
    facts = [LabelledText("Last answer or change", moment(last_moment(report)))]
    if study.opened_at is not None:
        facts.insert(0, LabelledText("Opened", moment(study.opened_at)))
    return [*facts, LabelledText("Protocol, SHA-256", study.protocol_sha256)]


def _section(section: Section, files: dict[str, bytes]) -> dict[str, Any]:
    """Return a section as JSON, and put its plots and pictures among the files."""
    plots = []
    for plot in section.plots:
        name = f"plot{len(files)}.svg"
        files[name] = plot.svg.encode()
        plots.append({"file": name, "alternative": plot.alternative, "square": plot.square})
    groups = [
        {"title": group.title, "pairs": [pictures_of(pair, files) for pair in group.pairs]}
        for group in section.pictures
    ]
    tables = tuple(_cut(table) for table in section.tables)
    return {**asdict(replace(section, tables=tables, plots=(), pictures=())), "plots": plots, "pictures": groups}


def _cut(table: Table) -> Table:
    """Return a table with no more lines than a document can have, and say where it was cut."""
    if len(table.rows) <= MOST_LINES:
        return table
    label = f"{table.label} – the first {MOST_LINES} of {len(table.rows):,}; the page of the report has all"
    return replace(table, label=label, rows=table.rows[:MOST_LINES])
