"""The tables of a report that go into a paper: the pooled figures, and the figures of each observer.

Arranged from the report's figures and written by the functions that write them on the page; nothing is computed here.
"""

from dataclasses import dataclass
from typing import Any

from ml.templatetags.figures import coefficient, level, percent, points
from studies.report_lines import WORDINGS, choice_lines, comparison_lines, detection_lines

Figures = dict[str, Any]


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
    if figures["task"] == "two_afc":
        named = [
            (wording.shares[0], percent, pooled["correct"]),
            ("d′", coefficient, pooled["dprime"]),
            (f"{wording.shares[1]} image", percent, pooled["said_first"]),
            ("Leaning to the first image, percentage points", points, pooled["side_difference"]),
        ]
    else:
        named = [
            (wording.shares[0], percent, pooled["sensitivity"]),
            (wording.shares[1], percent, pooled["specificity"]),
        ]
    rows = [(name, write(estimate), _counted(estimate), estimate["method"]) for name, write, estimate in named]
    rows += [(line["name"], line["text"], "", line["method"]) for line in comparison_lines(figures)]
    interval = level(named[0][2])
    return ResultTable(
        name="pooled",
        caption=f"Figures of all observers together{_who(figures)}",
        header=("Figure", f"Value ({interval} interval)" if interval else "Value", "Count", "Interval"),
        rows=tuple(rows),
        notes=(_answered(figures),),
    )


def _observer_table(figures: Figures) -> ResultTable:
    make = _choice_rows if figures["task"] == "two_afc" else _detection_rows
    header, rows, notes = make(figures)
    return ResultTable(
        name="observers", caption=f"Figures of each observer{_who(figures)}", header=header, rows=rows, notes=notes
    )


def _detection_rows(figures: Figures) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    wording, lines, pooled = WORDINGS[figures["task"]], detection_lines(figures), figures["pooled"]
    header = (
        "Observer",
        wording.explained[0].capitalize(),
        wording.explained[1].capitalize(),
        *wording.shares,
        "d′",
        "Criterion",
    )
    rows = [
        (
            line["name"],
            f"{line['counts']['tp']} of {line['signal']}",
            f"{line['counts']['tn']} of {line['absence']}",
            percent(line["sensitivity"]),
            percent(line["specificity"]),
            coefficient(line["dprime"]),
            coefficient(line["criterion"]),
        )
        for line in lines
    ]
    sensitivity, specificity = pooled["sensitivity"], pooled["specificity"]
    counts = (_counted(sensitivity), _counted(specificity))
    rows.append(("Pooled", *counts, percent(sensitivity), percent(specificity), "", ""))
    notes = (
        f"Observers one by one: {lines[0]['sensitivity']['method']}.",
        f"Pooled: {sensitivity['method']}.",
        f"d′ and criterion: {lines[0]['dprime']['method']}.",
    )
    return header, tuple(rows), notes


def _choice_rows(figures: Figures) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    wording, lines, pooled = WORDINGS["two_afc"], choice_lines(figures), figures["pooled"]
    header = (
        "Observer",
        "Right, perturbed one first",
        "Right, perturbed one second",
        wording.shares[0],
        "d′",
        wording.shares[1],
        "Leaning to the first, points",
    )
    rows = [
        (
            line["name"],
            f"{line['right_first']} of {line['n_first']}",
            f"{line['right_second']} of {line['n_second']}",
            *_choice_figures(line),
        )
        for line in lines
    ]
    rows.append(("Pooled", "", "", *_choice_figures(pooled)))
    notes = (
        f"Observers one by one: {lines[0]['correct']['method']}; d′: {lines[0]['dprime']['method']}.",
        f"Pooled: {pooled['correct']['method']}; d′: {pooled['dprime']['method']}.",
    )
    return header, tuple(rows), notes


def _choice_figures(line: Figures) -> tuple[str, str, str, str]:
    return (
        percent(line["correct"]),
        coefficient(line["dprime"]),
        percent(line["said_first"]),
        points(line["side_difference"]),
    )


def _counted(estimate: dict[str, Any]) -> str:
    return "" if estimate["k"] is None else f"{estimate['k']} of {estimate['n']}"


def _who(figures: Figures) -> str:
    return " (simulated: answers of model observers, not of people)" if figures["simulated"] else ""


def _answered(figures: Figures) -> str:
    judged = "images" if figures["task"] == "yes_no" else "pairs of images"
    missing = f"{figures['n_missing']} missing answers" if figures["n_missing"] != 1 else "1 missing answer"
    return f"{figures['n_observers']} observers, {figures['n_images']} {judged}, {missing}."
