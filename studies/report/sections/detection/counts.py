"""Two-by-two tables: what was shown against what was said, of each observer and of all."""

from studies.report.sections.elements import Section, Table
from studies.report.wording import WORDINGS, Figures, is_choice

MOST_TABLES = 24
"""Of more observers than these the counts stand in one table, a line each."""


def counts_section(figures: Figures) -> Section:
    """Return the counts behind every share."""
    groups = [(name, group["counts"]) for name, group in figures["observers"].items()]
    groups.append(("Pooled", figures["pooled_counts"]))
    title, lead = "What was shown, and what was said", "Lines are what was shown, columns what the observer said of it."
    if figures["without_exclusions"]:
        lead += " Answers that the protocol leaves out are not counted."
    if len(groups) > MOST_TABLES:
        return Section("counts", title, (lead,), tables=(_list(figures, groups),))
    return Section("counts", title, (lead,), small_tables=tuple(_two_by_two(figures, *group) for group in groups))


def _two_by_two(figures: Figures, name: str, counts: Figures) -> Table:
    (a, b), (c, d) = _cells(figures, counts)
    lines, columns = _names(figures)
    return Table(
        name,
        ("Shown", *columns),
        ((lines[0], str(a), str(b)), (lines[1], str(c), str(d))),
        (("No answer", str(counts["missing"]), ""),) if counts["missing"] and not figures["without_exclusions"] else (),
    )


def _list(figures: Figures, groups: list[tuple[str, Figures]]) -> Table:
    lines, columns = _names(figures)
    head = [f"{line}, {column.lower()}" for line in lines for column in columns]
    rows = [(name, *(str(count) for pair in _cells(figures, counts) for count in pair)) for name, counts in groups]
    return Table("Counts of each observer", ("Observer", *head), tuple(rows[:-1]), (rows[-1],))


def _names(figures: Figures) -> tuple[tuple[str, str], tuple[str, str]]:
    first, second = WORDINGS[figures["task"]].said
    if is_choice(figures):
        return ("Perturbed one first", "Perturbed one second"), (f"Chose the {first}", f"Chose the {second}")
    return (first.capitalize(), second.capitalize()), (f"Called {first}", f"Called {second}")


def _cells(figures: Figures, counts: Figures) -> tuple[tuple[int, int], tuple[int, int]]:
    if not is_choice(figures):
        return (counts["tp"], counts["fn"]), (counts["fp"], counts["tn"])
    first, second = counts["perturbed_first"], counts["perturbed_second"]
    return (first["chose_first"], first["chose_second"]), (second["chose_first"], second["chose_second"])
