"""The tables of a report that go into a paper: the pooled figures, and the figures of each observer.

Arranged from the report's figures and written by the functions that write them on the page; nothing is computed here.
"""

from dataclasses import dataclass

from perception.core.formatting import coefficient, level, percent, points
from studies.report.sections.detection.agreement import agreement_section
from studies.report.sections.detection.comparison import comparison_table
from studies.report.sections.detection.results import observers_table
from studies.report.wording import WORDINGS, Estimate, Figures, is_choice, methods_named


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table of texts.

    Attributes
    ----------
    name
        A word for files and references.
    caption
        What the table shows.
    header, rows
        Its cells; every row is as long as the header.
    notes
        What stands below it: how the intervals were computed.
    """

    name: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def result_tables(figures: Figures) -> tuple[ResultTable, ...]:
    """Return the pooled table and the table of observers; none where nobody has answered."""
    if not figures["observers"]:
        return ()
    return (_pooled_table(figures), _observer_table(figures))


def _pooled_table(figures: Figures) -> ResultTable:
    wording, pooled = WORDINGS[figures["task"]], figures["pooled"]
    first = pooled[wording.keys[0]]
    rows = [
        (name, percent(pooled[key]), f"{pooled[key]['k']} of {pooled[key]['n']}", pooled[key]["method"])
        for name, key in zip(wording.shares, wording.keys, strict=True)
    ]
    if is_choice(figures):
        rows += [
            ("d′", coefficient(pooled["dprime"]), "", pooled["dprime"]["method"]),
            (
                "Leaning to the first image, points",
                points(pooled["side_difference"]),
                "",
                pooled["side_difference"]["method"],
            ),
        ]
    rows += [(name, value, "", method) for name, value, method in comparison_table(figures).rows]
    rows.append(_chance_row(figures))
    rows += [(name, value, "", method) for name, value, _, method in agreement_section(figures).tables[0].rows]
    return ResultTable(
        name="pooled",
        caption=f"Figures of all observers together{_who(figures)}",
        header=("Figure", f"Value ({level(first)} interval)" if level(first) else "Value", "Count", "Method"),
        rows=tuple(rows),
        notes=(_answered(figures),),
    )


def _chance_row(figures: Figures) -> tuple[str, str, str, str]:
    name, key = (
        ("Right choices", "against_chance") if is_choice(figures) else ("Balanced accuracy", "balanced_accuracy")
    )
    estimate: Estimate = figures[key]
    interval = f"{level(estimate)} interval: " if level(estimate) else ""
    return (f"{name}, against chance", percent(estimate), "", f"{interval}{estimate['method']}")


def _observer_table(figures: Figures) -> ResultTable:
    """Return the table of observers that the page has, with d′ and criterion, which it has apart."""
    table, wording = observers_table(figures), WORDINGS[figures["task"]]
    further = ("dprime",) if is_choice(figures) else ("dprime", "criterion")
    observers = list(figures["observers"].values())
    rows = [
        (*row, *(coefficient(observer[key]) for key in further))
        for row, observer in zip(table.rows, observers, strict=True)
    ]
    pooled = [
        (*row, *(coefficient(figures["pooled"][key]) if key in figures["pooled"] else "" for key in further))
        for row in table.foot
    ]
    single = [observer[key] for observer in observers for key in wording.keys]
    return ResultTable(
        name="observers",
        caption=f"Figures of each observer{_who(figures)}",
        header=(*table.head, "d′", "Criterion")[: len(table.head) + len(further)],
        rows=(*rows, *pooled),
        notes=(
            f"Observers one by one: {methods_named(single)}. Pooled: "
            f"{methods_named(figures['pooled'][key] for key in wording.keys)}.",
            f"d′: {methods_named(observer['dprime'] for observer in observers)}.",
        ),
    )


def _who(figures: Figures) -> str:
    return " (simulated: answers of simulated observers, not of people)" if figures["simulated"] else ""


def _answered(figures: Figures) -> str:
    judged = "images" if figures["task"] == "yes_no" else "pairs of images"
    missing = f"{figures['n_missing']} missing answers" if figures["n_missing"] != 1 else "1 missing answer"
    return f"{figures['n_observers']} observers, {figures['n_images']} {judged}, {missing}."
