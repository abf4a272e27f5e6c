"""Answers from a CSV file: what is wrong is said with line and column, all of it at once."""

from collections.abc import Callable
from dataclasses import dataclass

from perception.analysis.answers import AnswerTable
from perception.csv_table import CsvError, CsvRow, CsvRowsError, read_csv

REQUIRED = ("observer", "item", "truth", "response")
NUMBERS = ("confidence", "strength", "rt_ms")
OPTIONAL = (*NUMBERS, "diagnosis")
WORDS = {"perturbed": True, "clean": False}


@dataclass(frozen=True, slots=True)
class _Answer:
    observer: str
    item: str
    truth: bool
    response: bool | None


def read_answers(data: bytes, *, source: str) -> AnswerTable:
    """Read a table of answers.

    Columns `observer`, `item`, `truth` and `response`, in any order, others beside them; the words are `perturbed`
    and `clean`, in any case. An empty response is a missing answer.

    Parameters
    ----------
    data
        The bytes of the file.
    source
        Its name, for messages.

    Raises
    ------
    CsvRowsError
        Everything that is wrong with single rows: an unknown word, an empty name, a number that is none, an item with
        two truths, an observer who judged an item twice.
    CsvError
        The file cannot be read as a table, or lacks a column or any row.
    """
    table = read_csv(data, source=source, required=REQUIRED, optional=OPTIONAL)
    if not table.rows:
        raise CsvError("there is no answer below the header", source=source)
    errors: list[CsvError] = []
    truths: dict[str, tuple[bool, int]] = {}
    judged: dict[tuple[str, str], int] = {}
    answers = []
    for row in table.rows:
        answer = _answer(row, errors.append)
        if answer is None:
            continue
        truth, line = truths.setdefault(answer.item, (answer.truth, row.line))
        if truth != answer.truth:
            word = "perturbed" if truth else "clean"
            errors.append(row.error(f"the item {answer.item} is {word} in line {line}", "truth"))
            continue
        line = judged.setdefault((answer.observer, answer.item), row.line)
        if line != row.line:
            errors.append(row.error(f"{answer.observer} has judged the item {answer.item} in line {line}", "item"))
            continue
        answers.append(answer)
    if errors:
        raise CsvRowsError(errors)
    return AnswerTable.from_rows(
        observers=[answer.observer for answer in answers],
        items=[answer.item for answer in answers],
        truths=[answer.truth for answer in answers],
        responses=[answer.response for answer in answers],
    )


def _answer(row: CsvRow, report: Callable[[CsvError], None]) -> _Answer | None:
    cells = row.cells
    wrong = [row.error("the cell is empty", column) for column in ("observer", "item", "truth") if not cells[column]]
    truth = WORDS.get(cells["truth"].casefold())
    if truth is None and cells["truth"]:
        wrong.append(row.error(f"{cells['truth']!r} is neither perturbed nor clean", "truth"))
    response = WORDS.get(cells["response"].casefold())
    if response is None and cells["response"]:
        wrong.append(row.error(f"{cells['response']!r} is neither perturbed nor clean, nor empty", "response"))
    wrong += [
        row.error(f"{cells[column]!r} is not a number", column)
        for column in NUMBERS
        if cells.get(column) and not _is_number(cells[column])
    ]
    for error in wrong:
        report(error)
    if wrong or truth is None:
        return None
    return _Answer(cells["observer"], cells["item"], truth, response)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
