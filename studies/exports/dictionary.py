"""The data dictionary: what each column of the answers holds, as CSV, JSON and Markdown."""

import csv
import io

from perception.core.input_files.spreadsheet_cell import escape_formula
from studies.exports.answer_columns import COLUMNS
from studies.exports.column import Column
from studies.exports.json_text import json_text
from studies.exports.tables.markdown import markdown_table

FIELDS = ("name", "description", "type", "unit", "levels", "empty", "identifies_person", "tells_truth")


def dictionary_json(columns: tuple[Column, ...] = COLUMNS) -> str:
    """Return the data dictionary as JSON: a list with an object a column."""
    return json_text([_entry(column) for column in columns])


def dictionary_csv(columns: tuple[Column, ...] = COLUMNS) -> str:
    """Return the data dictionary as CSV (RFC 4180); a flag is 1 or 0."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for column in columns:
        writer.writerow([escape_formula(cell) for cell in _cells(column, yes="1", no="0")])
    return out.getvalue()


def dictionary_markdown(columns: tuple[Column, ...] = COLUMNS) -> str:
    """Return the data dictionary as a table in Markdown."""
    header = ("column", "what it holds", "type", "unit", "levels", "empty means", "could identify", "tells the truth")
    return markdown_table(header, [_cells(column, yes="yes", no="") for column in columns])


def _entry(column: Column) -> dict[str, object]:
    return {
        "name": column.name,
        "description": column.description,
        "type": column.kind.value,
        "unit": column.unit or None,
        "levels": column.levels or None,
        "empty": column.empty or None,
        "identifies_person": column.identifies_person,
        "tells_truth": column.tells_truth,
    }


def _cells(column: Column, *, yes: str, no: str) -> list[str]:
    levels = "; ".join(f"{level}: {meaning}" for level, meaning in column.levels.items())
    flags = (column.identifies_person, column.tells_truth)
    return [
        column.name,
        column.description,
        column.kind.value,
        column.unit,
        levels,
        column.empty,
        *(yes if flag else no for flag in flags),
    ]
