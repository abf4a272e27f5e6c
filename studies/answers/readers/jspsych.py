"""Data of jsPsych, as JSON or CSV: one entry a trial of any kind, of which those that hold an answer are read.

jsPsych (de Leeuw, Gilbert & Luchterhandt 2023, J Open Source Softw 8(85), 5351) writes `trial_type`, `trial_index` and
`time_elapsed` for every trial, and what its plugin records: of images `stimulus`, `response` and `rt` in milliseconds,
null for what was not given. The experiment adds the rest: an identifier by `jsPsych.data.addProperties`, and the right
answer by a trial's `data` (jspsych.org, versions 7 and 8: overview/plugins, overview/data). Its CSV has the columns of
all trials, empty where a trial has no such value.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from studies.answers.readers.answer_cells import AnswerCells, FilePart
from studies.answers.readers.entries import Entries, cell_of, cells_at, value_at
from studies.answers.readers.json_files.answer_objects import found_in
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.words import first_part

OF_EVERY_TRIAL = ("trial_type", "trial_index", "time_elapsed")


@dataclass(frozen=True, slots=True)
class Skipped:
    """The trials of one file that hold no answer, counted by their type."""

    source: str
    total: int
    counts: Counter[str]
    notes: tuple[str, ...] = ()

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
            missing, _with_parts(entries), source=entries.source, line=line, of=entries.described
        )
    others = options.others(list(entries.names))
    if "rt" in entries.names:
        others.setdefault("rt_ms", "rt")
    persons = Persons.of(entries) if "observer" not in named else Persons((), frozenset())
    rows = [
        row
        for row, entry in enumerate(entries.values)
        if entries.groups[row] not in persons.again and _holds_answer(entry, named, needed)
    ]
    answers = [entries.values[row] for row in rows]
    cells: dict[str, Sequence[str]] = {column: cells_at(answers, name) for column, name in (named | others).items()}
    if "observer" not in named:
        names = _observers(entries, file_observer, persons)
        cells["observer"] = [names[entries.groups[row]] for row in rows]
    part = FilePart(
        entries.source,
        [entries.lines[row] for row in rows],
        [row + 1 for row in rows] if entries.numbered else None,
        dict(named | others),
    )
    kept = set(rows)
    kinds = Counter(
        cell_of(entry.get("trial_type")) or "of no type"
        for row, entry in enumerate(entries.values)
        if row not in kept and entries.groups[row] not in persons.again
    )
    table = AnswerCells((part,), cells, entries.problems, entries.n_problems)
    return table, Skipped(entries.source, len(entries.values), kinds, persons.notes(entries.source))


def _with_parts(entries: Entries) -> list[str]:
    """Return the names of the entries; jsPsych 6's `responses`, an object as text, by its first part."""
    parts = (first_part(cell_of(entry["responses"])) for entry in entries.values if "responses" in entry)
    part = next(filter(None, parts), None)
    return [f"{name}.{part}" if name == "responses" and part else name for name in entries.names]


def _holds_answer(entry: dict[str, Any], named: Mapping[str, str], needed: Sequence[str]) -> bool:
    for column in needed:
        there, value = value_at(entry, named[column])
        if not there or (column != "response" and cell_of(value) == ""):
            return False
    return True


@dataclass(frozen=True, slots=True)
class Persons:
    """Whose each array of trials is, where no trial says it.

    jsPsych counts a person's trials from 0 (`trial_index`). JATOS appends what an experiment sends to what is there: a
    block or a trial at a time, and often the whole once more at the end.

    Attributes
    ----------
    of_group
        The number of the person of each array, from 0.
    again
        The arrays that are written again: each of their trials stands in a later or an earlier array of one person, to
        the millisecond.
    """

    of_group: tuple[int, ...]
    again: frozenset[int]

    @classmethod
    def of(cls, entries: Entries) -> "Persons":
        """Tell the persons by the numbers of the trials."""
        groups: list[list[dict[str, Any]]] = [[] for _ in range(max(entries.groups, default=-1) + 1)]
        for entry, place in zip(entries.values, entries.groups, strict=True):
            groups[place].append(entry)
        of_group: list[int] = []
        person, last = -1, -1.0
        for group in groups:
            numbers = [_number(entry.get("trial_index")) for entry in group]
            goes_on = bool(numbers) and last >= 0 and all(a < b for a, b in pairwise([last, *numbers]))
            person += not goes_on
            of_group.append(person)
            last = numbers[-1] if numbers else -1.0
        return cls(*_once(groups, of_group))

    def notes(self, source: str) -> tuple[str, ...]:
        """Return what is to be said of how persons were told apart."""
        notes = []
        count, parts = len(set(self.of_group)), len(self.of_group) - len(self.again)
        if parts > count:
            notes.append(
                f"{source}: no trial says whose it is; parts in which trial_index goes on are one person's: "
                f"{parts} parts, {count} observer{'s' * (count != 1)}"
            )
        if self.again:
            notes.append(f"{source}: {len(self.again)} parts are in the file twice, to the millisecond, and read once")
        return tuple(notes)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return -1.0


def _once(
    groups: Sequence[Sequence[dict[str, Any]]], of_group: Sequence[int]
) -> tuple[tuple[int, ...], frozenset[int]]:
    """Leave out persons whose every trial another has too; return the others, numbered anew, and what is left out."""
    trials: dict[int, set[str]] = {}
    owners: dict[str, set[int]] = {}
    timed = set()
    for group, person in zip(groups, of_group, strict=True):
        timed |= {person for entry in group if entry.get("rt") is not None}
        for text in map(_written, group):
            trials.setdefault(person, set()).add(text)
            owners.setdefault(text, set()).add(person)
    left_out: set[int] = set()
    for person in sorted(timed & trials.keys()):
        others = owners[next(iter(trials[person]))] - left_out - {person}
        if any(trials[person] <= trials[other] for other in others):
            left_out.add(person)
    number = {person: place for place, person in enumerate(p for p in dict.fromkeys(of_group) if p not in left_out)}
    again = frozenset(group for group, person in enumerate(of_group) if person in left_out)
    return tuple(number.get(person, 0) for person in of_group), again


def _written(entry: dict[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True)


def _observers(entries: Entries, file_observer: str, persons: Persons) -> list[str]:
    """Return a name for each group of entries."""
    count = max(persons.of_group, default=0) + 1
    return [file_observer if count == 1 else f"{file_observer} {person + 1}" for person in persons.of_group]
