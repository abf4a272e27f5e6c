"""Data of jsPsych, as JSON or CSV: one entry a trial of any kind, of which those that hold an answer are read.

jsPsych (de Leeuw, Gilbert & Luchterhandt 2023, J Open Source Softw 8(85), 5351) writes `trial_type`, `trial_index` and
`time_elapsed` for every trial, and what its plugin records: of images `stimulus`, `response` and `rt` in milliseconds,
null for what was not given. The experiment adds the rest: an identifier by `jsPsych.data.addProperties`, and the right
answer by a trial's `data` (jspsych.org, versions 7 and 8: overview/plugins, overview/data). Its CSV has the columns of
all trials, empty where a trial has no such value.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studies.answers.readers.answer_cells import AnswerCells, FilePart
from studies.answers.readers.answer_objects import found_in
from studies.answers.readers.entries import Entries, cell_of, cells_at, value_at
from studies.answers.readers.options import ReadingOptions

OF_EVERY_TRIAL = ("trial_type", "trial_index", "time_elapsed")


@dataclass(frozen=True, slots=True)
class Skipped:
    """The trials of one file that hold no answer, counted by their type."""

    source: str
    total: int
    counts: Counter[str]

    def __str__(self) -> str:
        """Return one line about them."""
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.counts.most_common())
        return f"{self.source}: {self.counts.total()} of {self.total} trials hold no answer and are skipped ({kinds})"


def is_jspsych(names: Sequence[str]) -> bool:
    """Whether the names of a file's columns are those of jsPsych."""
    return "trial_type" in names and bool({"trial_index", "time_elapsed"} & set(names))


def read_jspsych(entries: Entries, options: ReadingOptions, *, file_observer: str) -> tuple[AnswerCells, Skipped]:
    """Read the trials that have an item, a truth and a response; a response of null is a missing answer.

    Parameters
    ----------
    file_observer
        Where no trial says whose it is, each array of trials is one observer's, who is called so: by the file.

    Raises
    ------
    InputError
        No trial has one of the names that are needed.
    """
    named = found_in(entries, options)
    needed = [column for column in options.required if column != "observer"]
    missing = [column for column in needed if column not in named]
    if missing:
        line = min(entries.lines, default=1)
        raise options.missing_error(
            missing, list(entries.names), source=entries.source, line=line, of=entries.described
        )
    others = options.others(list(entries.names))
    if "rt" in entries.names:
        others.setdefault("rt_ms", "rt")
    rows = [row for row, entry in enumerate(entries.values) if _holds_answer(entry, named, needed)]
    answers = [entries.values[row] for row in rows]
    cells = {column: cells_at(answers, name) for column, name in (named | others).items()}
    if "observer" not in named:
        names = _observers(entries, file_observer)
        cells["observer"] = [names[entries.groups[row]] for row in rows]
    part = FilePart(
        entries.source,
        [entries.lines[row] for row in rows],
        [row + 1 for row in rows] if entries.numbered else None,
        dict(named | others),
    )
    kept = set(rows)
    kinds = Counter(
        cell_of(entry.get("trial_type")) or "of no type" for row, entry in enumerate(entries.values) if row not in kept
    )
    table = AnswerCells((part,), cells, entries.problems, entries.n_problems)
    return table, Skipped(entries.source, len(entries.values), kinds)


def _holds_answer(entry: dict[str, Any], named: Mapping[str, str], needed: Sequence[str]) -> bool:
    for column in needed:
        there, value = value_at(entry, named[column])
        if not there or (column != "response" and cell_of(value) == ""):
            return False
    return True


def _observers(entries: Entries, file_observer: str) -> list[str]:
    """Return a name for each group of entries."""
    groups = max(entries.groups, default=0) + 1
    return [file_observer] if groups == 1 else [f"{file_observer} {number}" for number in range(1, groups + 1)]
