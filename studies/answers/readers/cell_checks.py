"""What is wrong with single cells of a table of answers, and how all that is wrong is told together."""

import re
from collections.abc import Callable
from functools import partial
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from perception.analysis.observations import WORDS, Task
from perception.core.input_files.errors import InputError, InputRowsError
from studies.answers.readers.answer_cells import NUMBERS, AnswerCells
from studies.answers.readers.words import NO_NUMBER, UNANSWERED, advice

UNKNOWN = -2
LARGEST = 1e12
"""Of ratings, strengths, positions, and times in milliseconds; what is larger is a slip, and overflows in a fit."""
NEGATIVE_TIME = "{cell} is less than 0, as no time is; leave the cell empty where none was measured"
BLANKS = dict.fromkeys(map(ord, " \u00a0\u2009\u202f"))
"""What French programs write between thousands; taken out."""
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")

Mask = NDArray[np.bool_]


class Problems:
    """What is wrong with single rows: no more of it is put into words than is told."""

    def __init__(self, table: AnswerCells) -> None:
        self.table = table
        self.found: list[tuple[int, InputError]] = [(-1, problem) for problem in table.problems]
        self.count = table.n_problems
        self.unknown: dict[str, list[str]] = {"truth": [], "response": []}

    def add(self, rows: NDArray[np.intp], column: str, message: str | Callable[[int], str]) -> None:
        """Note rows, in their order, for one reason."""
        self.count += len(rows)
        for row in rows[: InputRowsError.SHOWN].tolist():
            text = message if isinstance(message, str) else message(row)
            self.found.append((row, self.table.error(row, column, text)))

    def error(self) -> InputRowsError:
        """Return all of it: file by file, and in each in the order of its rows."""
        sources = {part.source: number for number, part in enumerate(self.table.parts)}

        def place(found: tuple[int, InputError]) -> tuple[int, int, int]:
            row, error = found
            return sources.get(error.source, 0), error.line or 0, error.entry or row

        errors = [error for _, error in sorted(self.found, key=place)]
        hints = (
            [advice(self.unknown, response=self._column("response")), self.table.hint]
            if any(self.unknown.values())
            else []
        )
        return InputRowsError(errors, count=self.count, hint="\n".join(filter(None, hints)))

    def _column(self, column: str) -> str:
        """Return what the first file calls a column."""
        named = self.table.parts[0].columns.get(column, column)
        return named if isinstance(named, str) else column


def wrong_cells(
    table: AnswerCells, truth: NDArray[np.int8], response: NDArray[np.int8], task: Task, problems: Problems
) -> Mask:
    """Tell the cells that are wrong by themselves.

    Parameters
    ----------
    truth, response
        1, 0, `MISSING`, or `UNKNOWN` for a word that is not the task's; int8, shape (rows,).
    problems
        Where they are told.

    Returns
    -------
    Which rows have one, shape (rows,).
    """
    any_wrong = np.zeros(len(table), dtype=bool)
    for column in ("observer", "item", "truth"):
        if "" in table.cells[column]:
            empty = table.rows_that(column, lambda cell: not cell)
            problems.add(np.flatnonzero(empty), column, "the cell is empty")
            any_wrong |= empty
    signal, absence = WORDS[task]
    for column, said, besides in (("truth", truth, ""), ("response", response, ", nor empty")):
        unknown = said == UNKNOWN
        if unknown.any():
            _unknown_words(table, column, said, f"{{cell}} is neither {signal} nor {absence}{besides}", problems)
            any_wrong |= unknown
    for column in NUMBERS:
        if column in table.cells:
            codes, texts = table.coded(column)
            no_number = np.array([not is_number(text) for text in texts], dtype=bool)[codes]
            problems.add(np.flatnonzero(no_number), column, partial(_no_number, table, column))
            any_wrong |= no_number
            if column == "rt_ms":
                negative = np.array([is_number(text) and _is_negative(text) for text in texts], dtype=bool)[codes]
                problems.add(np.flatnonzero(negative), column, NEGATIVE_TIME)
                any_wrong |= negative
    return any_wrong


def _unknown_words(table: AnswerCells, column: str, said: NDArray[np.int8], message: str, problems: Problems) -> None:
    """Tell each unknown word once, at the first row that has it, and in how many it stands."""
    codes, words = table.coded(column)
    rows = np.flatnonzero(said == UNKNOWN)
    _, first, counts = np.unique(codes[rows], return_index=True, return_counts=True)
    number = dict(zip(rows[first].tolist(), counts.tolist(), strict=True))
    in_order = np.sort(rows[first])
    unknown = [words[codes[row]] for row in in_order]
    # A word that stands once beside known ones is a slip; others are the file's own words.
    if counts.max() > 1 or not np.isin(said, (0, 1)).any():
        problems.unknown[column] = unknown
    elif column == "response":
        problems.unknown[column] = [word for word in unknown if word.casefold() in UNANSWERED]
    problems.add(in_order, column, lambda row: message + (f" ({number[row]:,} rows)" if number[row] > 1 else ""))


def _no_number(table: AnswerCells, column: str, row: int) -> str:
    comma = DECIMAL_COMMA.fullmatch(table.cells[column][row])
    hint = f"; write {comma[0].replace(',', '.')} if the comma is a decimal one" if comma else ""
    if comma and len(comma[0].rpartition(",")[2]) == 3:
        hint += f", and {comma[0].replace(',', '')} if it stands between thousands"
    grouped = table.cells[column][row].translate(BLANKS)
    if grouped != table.cells[column][row] and is_number_of_any_size(grouped.replace(",", ".")):
        return f"{{cell}} is not a number; write {grouped.replace(',', '.')}, without a blank between thousands"
    if is_number_of_any_size(table.cells[column][row]):
        return f"{{cell}} is larger than any {column} can be"
    return "{cell} is not a number" + hint


def is_number(text: str) -> bool:
    """Whether a cell holds a number that can be one of these, or nothing."""
    return text.casefold() in NO_NUMBER or (is_number_of_any_size(text) and abs(float(text)) <= LARGEST)


def _is_negative(text: str) -> bool:
    """Whether a cell holds a number below 0, such as the −1 that some programs write where there is no time."""
    return text.casefold() not in NO_NUMBER and float(text) < 0


def is_number_of_any_size(text: str) -> bool:
    """Whether a cell holds a number. Python reads 1_000 too; no other program writes it."""
    try:
        return "_" not in text and isfinite(float(text))
    except ValueError:
        return False
