"""Answers from a CSV file: what is wrong is said with line and column, all of it at once."""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answers import MISSING, AnswerTable
from perception.csv_table import CsvError, CsvRowsError, CsvTable, read_csv

REQUIRED = ("observer", "item", "truth", "response")
NUMBERS = ("confidence", "strength", "rt_ms")
OPTIONAL = (*NUMBERS, "diagnosis")
UNKNOWN = -2
WORDS = {"perturbed": 1, "clean": 0, "": MISSING}
# Observers × images, a byte each. A table of answers that spans more has something else in the column of observers.
MOST_CELLS = 500_000_000


def read_answers(data: bytes, *, source: str) -> AnswerTable:
    """Read a table of answers.

    Columns `observer`, `item`, `truth` and `response`, in any order, others beside them; the words are `perturbed`
    and `clean`, in any case. An empty response is a missing answer, and so is a row that is not there.

    Parameters
    ----------
    data
        The bytes of the file.
    source
        Its name, for messages.

    Raises
    ------
    CsvRowsError
        Everything that is wrong with single rows: more or fewer cells than the header, an unknown word, an empty
        name, a number that is none, an item with two truths, an observer who judged an item twice.
    CsvError
        The file cannot be read as a table, lacks a column or any row, or spans too many observers × images.
    """
    errors: list[CsvError] = []
    table = read_csv(data, source=source, required=REQUIRED, optional=OPTIONAL, problems=errors)
    if not table.lines and not errors:
        raise CsvError("there is no answer below the header", source=source)
    observer, observers = table.coded("observer")
    item, items = table.coded("item")
    truth, response = _words(table, "truth"), _words(table, "response")
    wrong = _wrong_cells(table, truth, response, errors)
    good = np.flatnonzero(~wrong)
    first = _first_rows(item, good)
    differs = truth[good] != truth[first]
    errors += [_two_truths(table, *places) for places in zip(good[differs], first[differs], strict=True)]
    good = good[~differs]
    first = _first_rows(observer * len(items) + item, good)
    repeated = good != first
    errors += [_judged_twice(table, *places) for places in zip(good[repeated], first[repeated], strict=True)]
    if errors:
        raise CsvRowsError(errors)
    if len(observers) * len(items) > MOST_CELLS:
        raise CsvError(
            f"{len(observers):,} observers × {len(items):,} images are too many; is each observer's name the same in "
            "all of their rows?",
            source=source,
            column="observer",
        )
    responses = np.full((len(observers), len(items)), MISSING, dtype=np.int8)
    responses[observer, item] = response
    perturbed = np.zeros(len(items), dtype=bool)
    perturbed[item] = truth == 1
    return AnswerTable(tuple(observers), tuple(items), perturbed, responses)


def _words(table: CsvTable, column: str) -> NDArray[np.int8]:
    """Return 1 for perturbed, 0 for clean, `MISSING` for an empty cell, `UNKNOWN` for anything else; one a row."""
    codes, words = table.coded(column)
    return np.array([WORDS.get(word.casefold(), UNKNOWN) for word in words], dtype=np.int8)[codes]


def _wrong_cells(
    table: CsvTable, truth: NDArray[np.int8], response: NDArray[np.int8], errors: list[CsvError]
) -> NDArray[np.bool_]:
    """Tell the cells that are wrong by themselves; return which rows have one."""
    any_wrong = np.zeros(len(table.lines), dtype=bool)
    for column in ("observer", "item", "truth"):
        if "" in table.cells[column]:
            empty = np.array([not cell for cell in table.cells[column]], dtype=bool)
            errors += table.errors(empty, column, "the cell is empty")
            any_wrong |= empty
    unknown = truth == UNKNOWN
    errors += table.errors(unknown, "truth", "{cell} is neither perturbed nor clean")
    any_wrong |= unknown
    unknown = response == UNKNOWN
    errors += table.errors(unknown, "response", "{cell} is neither perturbed nor clean, nor empty")
    any_wrong |= unknown
    for column in NUMBERS:
        if column in table.cells:
            codes, texts = table.coded(column)
            no_number = np.array([bool(text) and not _is_number(text) for text in texts], dtype=bool)[codes]
            errors += table.errors(no_number, column, "{cell} is not a number")
            any_wrong |= no_number
    return any_wrong


def _first_rows(key: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return, for each of the rows (ascending), the first of them whose key is the same."""
    _, first, which = np.unique(key[rows], return_index=True, return_inverse=True)
    return rows[first[which]]


def _two_truths(table: CsvTable, place: int, first: int) -> CsvError:
    row, other = table.row(place), table.row(first)
    message = f"the item {row.cells['item']} is {other.cells['truth'].casefold()} in line {other.line}"
    return row.error(message, "truth")


def _judged_twice(table: CsvTable, place: int, first: int) -> CsvError:
    row = table.row(place)
    message = f"{row.cells['observer']} has judged the item {row.cells['item']} in line {table.lines[first]}"
    return row.error(message, "item")


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
