"""A study's answers as CSV and as JSON, one row an answer; and read back from that CSV."""

import json
from collections.abc import Iterator, Sequence

from perception.core.input_files.csv_table import CsvError, CsvRowsError, read_csv
from studies.answers.frame import answers_frame
from studies.answers.rows import AnswerRow
from studies.exports.answer_columns import COLUMNS
from studies.exports.column import row_fields

PIECE = 2_000
"""So many answers are a table at a time."""


def answers_csv(rows: Sequence[AnswerRow]) -> str:
    """Return the answers as CSV (RFC 4180), one row an answer; `manage.py analyse` reads it back."""
    return "".join(answers_csv_pieces(rows))


def answers_csv_pieces(rows: Sequence[AnswerRow]) -> Iterator[str]:
    """Yield the same piece by piece: as a table, a million answers need gigabytes."""
    import pandas as pd

    for start in range(0, len(rows) or 1, PIECE):  # of no answers: the names of the columns
        frame = answers_frame(rows[start : start + PIECE])
        cells = pd.DataFrame({column.name: column.cells(frame[column.name]) for column in COLUMNS})
        yield cells.to_csv(index=False, header=not start, lineterminator="\r\n")


def answers_json(rows: Sequence[AnswerRow]) -> str:
    """Return the answers as JSON: a list with an object an answer, a line each; an empty cell of the CSV is null."""
    return "".join(answers_json_pieces(rows))


def answers_json_pieces(rows: Sequence[AnswerRow]) -> Iterator[str]:
    """Yield the same, answer by answer."""
    yield "["
    for number, row in enumerate(rows):
        answer = {column.name: column.json_value(row) for column in COLUMNS}
        yield f"{',' if number else ''}\n{json.dumps(answer, ensure_ascii=False, allow_nan=False)}"
    yield "\n]\n" if rows else "]\n"


def read_answers_csv(data: bytes, *, source: str) -> list[AnswerRow]:
    """Read what `answers_csv` wrote, every column of it; files of older versions lack those that came later.

    Raises
    ------
    CsvRowsError
        Cells that cannot be of their column: all of them, with line and column.
    CsvError
        The file cannot be read as a table, or lacks a column.
    """
    errors: list[CsvError] = []
    required = [column.name for column in COLUMNS if not column.since]
    later = [column.name for column in COLUMNS if column.since]
    table = read_csv(data, source=source, required=required, optional=later, problems=errors)
    rows = []
    for place in range(len(table.lines)):
        row = table.row(place)
        values, wrong = row_fields(COLUMNS, row.cells)
        errors += [row.error(message, name) for name, message in wrong.items()]
        if not wrong:
            rows.append(AnswerRow(**values))
    if errors:
        raise CsvRowsError(errors)
    return rows
