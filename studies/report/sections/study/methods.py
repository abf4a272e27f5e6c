"""The methods paragraph and the reporting lists, as sections."""

from studies.report.build import Report
from studies.report.methods.fitting_lists import fitting_lists
from studies.report.methods.paragraph import methods_of
from studies.report.methods.reporting_list import ReportingList
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
    )


def list_sections(report: Report) -> list[Section]:
    """Return the reporting lists that fit the study, as sections."""
    return [_list_section(reporting_list, report) for reporting_list in fitting_lists(report)]


def _list_section(reporting_list: ReportingList, report: Report) -> Section:
    items = reporting_list.answered_by(report)
    answered = sum(item.is_recorded for item in items)
    in_part = sum(item.is_recorded and not item.is_complete for item in items)
    title = f"{reporting_list.title} checklist"
    return Section(
        key=reporting_list.key,
        title=title,
        lead=(
            f"{reporting_list.source}. {reporting_list.reading} The study answers {answered} of these {len(items)} "
            f"lines, {in_part} of them in part; the others are plainly not recorded, and left to the authors.",
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
        folded=True,
    )
