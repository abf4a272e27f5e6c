"""The same answers, computed in other ways."""

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import percent
from studies.report.sections.elements import Section, Table
from studies.report.wording import WORDINGS, shares_of


def comparison_section(summary: StudySummary) -> Section:
    """Return the pooled shares for other observers too, and as if all answers were independent."""
    title = "The same answers, computed in other ways"
    return Section(key="paper", title=title, tables=(comparison_table(summary),))


def comparison_table(summary: StudySummary) -> Table:
    """Return a line for each figure that stands beside a main one: name, value, method."""
    independent = "as the paper computes it" if summary.task == "yes_no" else "answers taken as independent"
    crossed, as_independent = _other_ways(summary)
    rows = tuple(
        (f"{name}, {note}", percent(share), share.method)
        for shares, note in ((crossed, "for other observers too"), (as_independent, independent))
        for share, name in zip(shares, WORDINGS[summary.task].shares, strict=False)
    )
    return Table("The same answers, computed in other ways", ("Figure", "Value", "Method"), rows, prose=True)


def _other_ways(summary: StudySummary) -> tuple[tuple[Estimate, ...], tuple[Estimate, ...]]:
    """Return the shares for other observers too, and as if independent; of choices that of the right ones alone."""
    answers = summary.answers
    if isinstance(answers, ChoiceSummary):
        return (answers.crossed,) if answers.crossed else (), (answers.as_independent,)
    return shares_of(answers.crossed) if answers.crossed else (), shares_of(answers.paper)
