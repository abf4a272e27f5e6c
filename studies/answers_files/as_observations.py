"""Answers from a CSV file: what is wrong is said with line and column, all of it at once."""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answers import MISSING
from perception.analysis.observations import WORDS, Observations, Task, known_codes
from perception.csv_table import CsvError, CsvRowsError, CsvTable, read_csv

REQUIRED = ("observer", "item", "truth", "response")
NUMBERS = ("confidence", "strength", "rt_ms", "rating", "position")
OPTIONAL = (*NUMBERS, "diagnosis", "diagnosis_answered", "role", "phase", "subset", "left_out")
UNKNOWN = -2
CATCH, PRACTICE = "catch", "practice"
# Observers × images, a byte each. A table of answers that spans more has something else in the column of observers.
MOST_CELLS = 500_000_000


def read_answers(data: bytes, *, source: str) -> Observations:
    """Read a table of answers.

    Columns `observer`, `item`, `truth` and `response`, in any order, others beside them. The words of truth and
    response are `perturbed` and `clean`; or `different` and `same`; or `first` and `second`, where of two images the
    perturbed one stood, and which one was chosen; in any case. An empty response is a missing answer, and so is a row
    that is not there, unless the column `subset` says that the observer judged another set of images.

    Of the other columns `rating` is read (higher means more surely perturbed), `role` (`catch` for catch trials),
    `diagnosis`, alone or beside `diagnosis_answered`, `rt_ms`, `strength` and `position`. Rows whose role or phase is
    `practice` are left out.

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
    if any(table.cells.get("left_out", ())):
        table = table.where(np.array([not reason for reason in table.cells["left_out"]], dtype=bool))
        if not table.lines:
            raise CsvError("every answer is marked as left out", source=source, column="left_out")
    task = _task(table)
    observer, observers = table.coded("observer")
    item, items = table.coded("item")
    truth, response = _words(table, "truth", task), _words(table, "response", task)
    wrong = _wrong_cells(table, truth, response, task, errors)
    good = np.flatnonzero(~wrong & ~_is(table, "role", PRACTICE) & ~_is(table, "phase", PRACTICE))
    if task != "two_afc":
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
    diagnosis, diagnoses = known_codes(table.cells.get("diagnosis", ()))
    return Observations(
        task=task,
        observers=tuple(observers),
        items=tuple(items),
        observer=observer,
        item=item,
        truth=truth == 1,
        response=response,
        catch=_is(table, "role", CATCH),
        rating=_numbers(table, "rating"),
        second=_diagnoses(table),
        rt_ms=_numbers(table, "rt_ms"),
        strength=_numbers(table, "strength"),
        position=_numbers(table, "position"),
        diagnosis=diagnosis if diagnoses else None,
        diagnoses=diagnoses,
        subset_of_observer=_subsets(table, observer, len(observers)),
        subset_of_item=_subsets(table, item, len(items)),
    ).of(np.isin(np.arange(len(table.lines)), good))


def _task(table: CsvTable) -> Task:
    """Return whose words the truths are written in: those of the first truth that is written in any."""
    for cell in dict.fromkeys(table.cells["truth"]):
        for task, words in WORDS.items():
            if cell.casefold() in words:
                return task
    return "yes_no"


def _is(table: CsvTable, column: str, word: str) -> NDArray[np.bool_]:
    """Return in which rows the column, if it is there, says the word."""
    if column not in table.cells:
        return np.zeros(len(table.lines), dtype=bool)
    codes, cells = table.coded(column)
    return np.array([cell.casefold() == word for cell in cells], dtype=bool)[codes]


def _numbers(table: CsvTable, column: str) -> NDArray[np.float64] | None:
    """Return a column of numbers, nan where the cell is empty; None where all are, or there is no such column."""
    if column not in table.cells:
        return None
    codes, cells = table.coded(column)
    numbers = np.array([float(cell) if cell else np.nan for cell in cells])
    return None if np.isnan(numbers).all() else numbers[codes]


def _subsets(table: CsvTable, codes: NDArray[np.intp], count: int) -> NDArray[np.intp] | None:
    """Return a number for the set of images of each observer, or of each item; 0 where no row tells it."""
    if "subset" not in table.cells or not any(table.cells["subset"]):
        return None
    which, names = table.coded("subset")
    number = np.array([place + 1 if name else 0 for place, name in enumerate(names)], dtype=np.intp)[which]
    subsets = np.zeros(count, dtype=np.intp)
    np.maximum.at(subsets, codes, number)
    return subsets


def _diagnoses(table: CsvTable) -> NDArray[np.int8] | None:
    """Return whether the observer's diagnosis was right; None where none was asked for."""
    if not {"diagnosis", "diagnosis_answered"} <= set(table.cells) or not any(table.cells["diagnosis_answered"]):
        return None
    pairs = zip(table.cells["diagnosis"], table.cells["diagnosis_answered"], strict=True)
    return np.array([int(said == is_) if said else MISSING for is_, said in pairs], dtype=np.int8)


def _words(table: CsvTable, column: str, task: Task) -> NDArray[np.int8]:
    """Return 1 for the signal, 0 for its absence, `MISSING` for an empty cell, `UNKNOWN` for another; one a row."""
    signal, absence = WORDS[task]
    meaning = {signal: 1, absence: 0, "": MISSING}
    codes, words = table.coded(column)
    return np.array([meaning.get(word.casefold(), UNKNOWN) for word in words], dtype=np.int8)[codes]


def _wrong_cells(
    table: CsvTable, truth: NDArray[np.int8], response: NDArray[np.int8], task: Task, errors: list[CsvError]
) -> NDArray[np.bool_]:
    """Tell the cells that are wrong by themselves; return which rows have one."""
    any_wrong = np.zeros(len(table.lines), dtype=bool)
    for column in ("observer", "item", "truth"):
        if "" in table.cells[column]:
            empty = np.array([not cell for cell in table.cells[column]], dtype=bool)
            errors += table.errors(empty, column, "the cell is empty")
            any_wrong |= empty
    signal, absence = WORDS[task]
    neither = f"{{cell}} is neither {signal} nor {absence}"
    unknown = truth == UNKNOWN
    errors += table.errors(unknown, "truth", neither)
    any_wrong |= unknown
    unknown = response == UNKNOWN
    errors += table.errors(unknown, "response", f"{neither}, nor empty")
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
