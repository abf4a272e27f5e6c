"""The same answers, computed in other ways."""

from perception.core.formatting import percent
from studies.report.sections.elements import Section, Table
from studies.report.wording import WORDINGS, Figures, is_choice


def comparison_section(figures: Figures) -> Section:
    """Return the pooled shares for other observers too, and as if all answers were independent."""
    title = "The same answers, computed in other ways"
    return Section(key="paper", title=title, tables=(comparison_table(figures),))


def comparison_table(figures: Figures) -> Table:
    """Return a line for each figure that stands beside a main one: name, value, method."""
    wording = WORDINGS[figures["task"]]
    keys = wording.keys[:1] if is_choice(figures) else wording.keys
    independent = "as the paper computes it" if figures["task"] == "yes_no" else "answers taken as independent"
    rows = tuple(
        (f"{name}, {note}", percent(figures[computed][key]), figures[computed][key]["method"])
        for computed, note in (
            ("pooled_observers_random", "for other observers too"),
            ("pooled_as_independent", independent),
        )
        if figures[computed] is not None
        for key, name in zip(keys, wording.shares, strict=False)
    )
    return Table("The same answers, computed in other ways", ("Figure", "Value", "Method"), rows, prose=True)
