"""Entries: objects of JSON, or rows of a CSV taken as such; with the place of each in its file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from perception.core.input_files.csv_rows import CsvRows
from perception.core.input_files.errors import InputError, InputRowsError
from studies.answers.readers.answer_cells import JOINED, joined_cell


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of one file, in order.

    Attributes
    ----------
    source
        The file's name.
    numbered
        Whether they are told by their place in an array, not by their line.
    values
        Of each entry, by name; of JSON any value, of a CSV text, or None for `null`.
    lines
        Where each begins.
    groups
        Which array of several each is in, from 0: in files that hold one for each person.
    names
        All names that are there, in the order in which they first appear.
    problems, n_problems
        As in `AnswerCells`.
    notes
        What is to be said of how they were found.
    """

    source: str
    numbered: bool
    values: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    problems: tuple[InputError, ...] = ()
    n_problems: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def described(self) -> str:
        """What has the names, for a message."""
        return "its JSON" if self.numbered else "the header"


def entries_of_csv(rows: CsvRows) -> Entries:
    """Return the rows of a CSV as entries. An empty cell is no value.

    jsPsych writes what a trial does not have as an empty cell, and null as `null`.
    """
    lines, columns, ragged = rows.columns(range(len(rows.header)))
    entries = Entries(
        rows.source,
        numbered=False,
        lines=lines,
        groups=[0] * len(lines),
        names=dict.fromkeys(rows.header),
        problems=tuple(rows.ragged_error(line, count) for line, count in ragged[: InputRowsError.SHOWN]),
        n_problems=len(ragged),
    )
    for cells in zip(*columns, strict=True):
        pairs = zip(rows.header, cells, strict=True)
        entries.values.append({name: None if cell == "null" else cell for name, cell in pairs if cell})
    return entries


def value_at(entry: dict[str, Any], path: str) -> tuple[bool, Any]:
    """Return whether an entry has a value under a name, and the value.

    A name that the entry does not have may be a path: `response.Q0` is `Q0` in the object `response`, which in a CSV
    is JSON in a cell; in an array a number counts from 0. It may join several, such as `class+number`.
    """
    if path in entry:
        return True, entry[path]
    if JOINED in path:
        parts = [value_at(entry, part.strip()) for part in path.split(JOINED)]
        return all(there for there, _ in parts), joined_cell([cell_of(value) for _, value in parts])
    head, dot, rest = path.partition(".")
    if not dot or head not in entry:
        return False, None
    return _inside(entry[head], rest)


def _inside(value: Any, path: str) -> tuple[bool, Any]:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            return False, None
    if isinstance(value, list):
        value = {str(number): one for number, one in enumerate(value)}
    return value_at(value, path) if isinstance(value, dict) else (False, None)


def cells_at(entries: Iterable[dict[str, Any]], path: str) -> list[str]:
    """Return the cell of each entry under a name or a path; an empty one where there is no value."""
    return [cell_of(entry[path] if path in entry else value_at(entry, path)[1]) for entry in entries]


def cell_of(value: Any) -> str:
    """Return a value of JSON as a cell: nothing for null and for numbers that are none, 512 for 512.0."""
    if isinstance(value, str):  # first, since most are
        return value.strip()
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict | list):
        return cell_of(value[0])  # a choice of which one was taken
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
