"""Answers as text, by column, from one file or several: what every reader makes, and the analysis is made from."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from perception.analysis.observations import codes_of
from perception.analysis.visibility.measures import MEASURES
from perception.core.input_files.coded_column import CodedColumn, cells_at, rows_that
from perception.core.input_files.errors import InputError

REQUIRED = ("observer", "item", "truth", "response")
NUMBERS = ("confidence", "strength", "rt_ms", "rating", "position", "place_share")
OPTIONAL = (
    *(*NUMBERS, "grade", "diagnosis", "diagnosis_answered", "role", "phase", "subset", "left_out", "simulated"),
    *("showing", "place_hit", *MEASURES),
)
LONGEST_QUOTED = 40
JOINED = "+"
"""Between the names of columns that name one thing together, as where images are numbered within each class."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """Where the rows of one file stand in it.

    Attributes
    ----------
    source
        The file's name.
    lines
        Of each row, from 1.
    entries
        Of an array in JSON, the place of each row in it, from 1; None where rows are lines.
    columns
        What the file calls the columns, where it is not as the analysis does: one name, or one for each row.
    """

    source: str
    lines: Sequence[int]
    entries: Sequence[int] | None
    columns: dict[str, str | Sequence[str]]

    def error(self, place: int, column: str, message: str) -> InputError:
        """Return the error of one row."""
        named = self.columns.get(column, column)
        return InputError(
            message,
            source=self.source,
            line=self.lines[place],
            entry=None if self.entries is None else self.entries[place],
            column=named if isinstance(named, str) else named[place],
        )

    def where(self, places: Sequence[int]) -> "FilePart":
        """Return the part with some of its rows."""
        return FilePart(
            self.source,
            [self.lines[place] for place in places],
            None if self.entries is None else [self.entries[place] for place in places],
            {
                column: named if isinstance(named, str) else [named[place] for place in places]
                for column, named in self.columns.items()
            },
        )

    def place(self, place: int) -> str:
        """Return where a row stands, for a message about another one."""
        return f"line {self.lines[place]}" if self.entries is None else f"entry {self.entries[place]}"


@dataclass(frozen=True, slots=True)
class AnswerCells:
    """Answers, one a row.

    Attributes
    ----------
    parts
        The files, in the order of the rows.
    cells
        Without surrounding space, by column: those of `REQUIRED`, and of `OPTIONAL` those that are there.
    problems
        What the reader found wrong with single rows, which it left out.
    n_problems
        How many there are; no more are made than are told.
    hint
        What else may be the reason where words are not known.
    """

    parts: tuple[FilePart, ...]
    cells: dict[str, Sequence[str]]
    problems: tuple[InputError, ...] = ()
    n_problems: int = 0
    hint: str = ""

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.cells["item"])

    def coded(self, column: str) -> tuple[NDArray[np.intp], tuple[str, ...]]:
        """Return the number of each row's cell, shape (rows,), and the distinct cells, as `codes_of` does."""
        cells = self.cells[column]
        return (cells.codes, cells.words) if isinstance(cells, CodedColumn) else codes_of(cells)

    def rows_that(self, column: str, condition: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Return of which rows a condition holds of their cell, shape (rows,)."""
        return rows_that(self.cells[column], condition)

    def where(self, kept: NDArray[np.bool_]) -> "AnswerCells":
        """Return some of the rows, which an array of shape (rows,) says; they keep their places."""
        parts, start = [], 0
        for part in self.parts:
            parts.append(part.where(np.flatnonzero(kept[start : start + len(part.lines)]).tolist()))
            start += len(part.lines)
        rows = np.flatnonzero(kept)
        cells = {name: cells_at(column, rows) for name, column in self.cells.items()}
        return replace(self, parts=tuple(parts), cells=cells)

    def error(self, row: int, column: str, message: str) -> InputError:
        """Return the error of one row; `{cell}` in the message stands for its cell, shortened."""
        part, place = self._part_of(row)
        cell = self.cells[column][row]
        quoted = repr(cell if len(cell) <= LONGEST_QUOTED else f"{cell[: LONGEST_QUOTED - 1]}…")
        return part.error(place, column, message.replace("{cell}", quoted))

    def place(self, row: int, *, beside: int) -> str:
        """Return where a row stands, for a message about another row: with the file, if that is another one."""
        part, place = self._part_of(row)
        other, _ = self._part_of(beside)
        return part.place(place) + ("" if part is other else f" of {part.source}")

    def _part_of(self, row: int) -> tuple[FilePart, int]:
        starts = [0, *accumulate(len(part.lines) for part in self.parts)]
        number = bisect_right(starts, row) - 1
        return self.parts[number], row - starts[number]


def joined(tables: Sequence[AnswerCells]) -> AnswerCells:
    """Return the rows of several files as one table; a column that one of them lacks is empty there."""
    if len(tables) == 1:
        return tables[0]
    names = dict.fromkeys(name for table in tables for name in table.cells)
    cells: dict[str, Sequence[str]] = {
        name: [cell for table in tables for cell in table.cells.get(name, [""] * len(table))] for name in names
    }
    return AnswerCells(
        tuple(part for table in tables for part in table.parts),
        cells,
        tuple(problem for table in tables for problem in table.problems),
        sum(table.n_problems for table in tables),
        next((table.hint for table in tables if table.hint), ""),
    )


def joined_cell(parts: Sequence[str]) -> str:
    """Return one name of the cells of several columns, `a/1`; nothing where one of them is empty."""
    return "/".join(parts) if all(parts) else ""
