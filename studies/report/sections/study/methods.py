"""The methods paragraph and the reporting lists, as sections."""

from studies.report.build import Report
from studies.report.methods.grras import GRRAS
from studies.report.methods.paragraph import methods_of
from studies.report.methods.reporting_list import ReportingList
from studies.report.methods.stard import STARD
from studies.report.sections.elements import Section, Table


def methods_section(report: Report) -> Section:
    """Return the methods paragraph with its references."""
    methods = methods_of(report)
    return Section(
        key="methods",
        title="Methods, to be pasted",
        lead=methods.paragraphs,
        to_copy=methods.text,
        listed=methods.references,
        own_page=True,
    )


def list_sections(report: Report) -> list[Section]:
    """Return the reporting lists that fit the study; that of agreement needs two observers."""
    fitting = [STARD, *([GRRAS] if report.figures.summary.answers.n_answering > 1 else [])]
    return [_list_section(reporting_list, report) for reporting_list in fitting]


def _list_section(reporting_list: ReportingList, report: Report) -> Section:
    items = reporting_list.answered_by(report)
    answered = sum(item.is_recorded for item in items)
    title = f"{reporting_list.title} checklist"
    return Section(
        key=reporting_list.key,
        title=title,
        lead=(
            f"{reporting_list.source}. {reporting_list.reading} The study answers {answered} of these {len(items)} "
            "lines; the others are plainly not recorded, and left to the authors.",
        ),
        tables=(
            Table(
                title,
                ("Item", "Section", "Asks for", "This study"),
                tuple((item.number, item.section, item.asks, item.answer) for item in items),
                prose=True,
                numbered=True,
            ),
        ),
        own_page=True,
    )
