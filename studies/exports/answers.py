"""A study's answers as CSV and as JSON, one row an answer; and read back from that CSV."""

import json
from collections.abc import Sequence

from perception.core.input_files.csv_table import CsvError, CsvRowsError, read_csv
from studies.answers.frame import answers_frame
from studies.answers.rows import AnswerRow
from studies.exports.answer_columns import COLUMNS
from studies.exports.column import row_fields


def answers_csv(rows: Sequence[AnswerRow]) -> str:
    """Return the answers as CSV (RFC 4180), one row an answer; `manage.py analyse` reads it back."""
    import pandas as pd

    frame = answers_frame(rows)
    cells = pd.DataFrame({column.name: column.cells(frame[column.name]) for column in COLUMNS})
    return cells.to_csv(index=False, lineterminator="\r\n")


def answers_json(rows: Sequence[AnswerRow]) -> str:
    """Return the answers as JSON: a list with an object an answer, a line each; an empty cell of the CSV is null."""
    objects = [{column.name: column.json_value(row) for column in COLUMNS} for row in rows]
    lines = ",\n".join(json.dumps(answer, ensure_ascii=False, allow_nan=False) for answer in objects)
    return f"[\n{lines}\n]\n" if objects else "[]\n"


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
