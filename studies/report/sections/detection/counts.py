"""Two-by-two tables: what was shown against what was said, of each observer and of all."""

from perception.analysis.detection.forced_choice import ChoiceCounts
from perception.analysis.detection.yes_no import AnswerSummary, Counts
from perception.analysis.study_summary import StudySummary
from studies.report.sections.elements import Section, Table
from studies.report.wording import WORDINGS

MOST_TABLES = 24
"""Of more observers than these the counts stand in one table, a line each."""


def counts_section(summary: StudySummary, *, left_out: bool = False) -> Section:
    """Return the counts behind every share.

    Parameters
    ----------
    summary
        The figures.
    left_out
        Whether the protocol left out any answer: how many are missing is then told elsewhere.
    """
    groups = [(name, observer.counts) for name, observer in summary.answers.observers.items()]
    groups.append(("Pooled", summary.answers.counts))
    title, lead = "What was shown, and what was said", "Lines are what was shown, columns what the observer said of it."
    if left_out:
        lead += " Answers that the protocol leaves out are not counted."
    if len(groups) > MOST_TABLES:
        return Section("counts", title, (lead,), tables=(_list(summary, groups),))
    tables = tuple(_two_by_two(summary, name, counts, tells_missing=not left_out) for name, counts in groups)
    return Section("counts", title, (lead,), small_tables=tables)


def _two_by_two(summary: StudySummary, name: str, counts: Counts | ChoiceCounts, *, tells_missing: bool) -> Table:
    (a, b), (c, d) = _cells(counts)
    lines, columns = _names(summary)
    neither = _neither(summary, counts)
    head, blank = (("Neither",), ("",)) if neither else ((), ())
    rows = ((lines[0], str(a), str(b), *neither[:1]), (lines[1], str(c), str(d), *neither[1:]))
    foot = (("No answer", str(counts.missing), "", *blank),) if counts.missing and tells_missing else ()
    return Table(name, ("Shown", *columns, *head), rows, foot)


def _list(summary: StudySummary, groups: list[tuple[str, Counts | ChoiceCounts]]) -> Table:
    lines, columns = _names(summary)
    head = [f"{line}, {column.lower()}" for line in lines for column in columns]
    if summary.asked.n_neither and isinstance(summary.answers, AnswerSummary):
        head += [f"{line}, neither" for line in lines]
    rows = [
        (name, *(str(count) for pair in _cells(counts) for count in pair), *_neither(summary, counts))
        for name, counts in groups
    ]
    return Table("Counts of each observer", ("Observer", *head), tuple(rows[:-1]), (rows[-1],))


def _names(summary: StudySummary) -> tuple[tuple[str, str], tuple[str, str]]:
    first, second = WORDINGS[summary.task].said
    if summary.task == "two_afc":
        return ("Perturbed one first", "Perturbed one second"), (f"Chose the {first}", f"Chose the {second}")
    return (first.capitalize(), second.capitalize()), (f"Called {first}", f"Called {second}")


def _neither(summary: StudySummary, counts: Counts | ChoiceCounts) -> tuple[str, ...]:
    """Return the middle answers to what is in either line; nothing where nobody gave any."""
    if not summary.asked.n_neither or not isinstance(counts, Counts):
        return ()
    return str(counts.neither_perturbed), str(counts.neither_clean)


def _cells(counts: Counts | ChoiceCounts) -> tuple[tuple[int, int], tuple[int, int]]:
    if isinstance(counts, Counts):
        return (counts.tp, counts.fn), (counts.fp, counts.tn)
    return (
        (counts.first_chosen_first, counts.first_chosen_second),
        (counts.second_chosen_first, counts.second_chosen_second),
    )
