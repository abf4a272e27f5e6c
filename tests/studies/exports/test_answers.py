"""The answers as CSV and JSON: one list of columns, and what is read back is what was written."""

import csv
import io
import json
from dataclasses import fields, replace
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.core.input_files.csv_table import CsvRowsError
from perception.core.input_files.spreadsheet_cell import FORMULA, escape_formula, unescape_formula
from studies.answers.rows import AnswerRow
from studies.exports.answer_columns import COLUMNS
from studies.exports.answers import answers_csv, answers_csv_pieces, answers_json, read_answers_csv
from studies.exports.column import Column, Kind
from tests.studies.exports.rows import FORMULAS, ROW, rows

TEXTS = [column.name for column in COLUMNS if column.kind is Kind.TEXT]


def test_the_columns_are_the_fields_of_a_row_each_once() -> None:
    assert sorted(column.name for column in COLUMNS) == sorted(field.name for field in fields(AnswerRow))


@settings(max_examples=40)
@given(st.lists(rows, max_size=4))
def test_what_the_csv_holds_is_read_back(answered: list[AnswerRow]) -> None:
    assert read_answers_csv(answers_csv(answered).encode(), source="answers.csv") == answered


@settings(max_examples=40)
@given(st.lists(rows, max_size=4))
def test_csv_and_json_hold_the_same(answered: list[AnswerRow]) -> None:
    objects = json.loads(answers_json(answered))

    again = read_answers_csv(answers_csv(answered).encode(), source="answers.csv")
    assert objects == [{column.name: column.json_value(row) for column in COLUMNS} for row in again]


@settings(max_examples=40)
@given(st.lists(rows, max_size=6))
def test_many_answers_are_written_piece_by_piece(answered: list[AnswerRow]) -> None:
    whole = answers_csv(answered)
    with mock.patch("studies.exports.answers.PIECE", 2):
        pieces = list(answers_csv_pieces(answered))

    assert "".join(pieces) == whole
    assert len(pieces) == max(1, -(-len(answered) // 2))


@given(st.text())
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("column", TEXTS)
def test_no_text_column_lets_a_spreadsheet_run_a_formula(column: str, formula: str) -> None:
    text: dict[str, Any] = {column: formula}
    row = replace(ROW, **text)

    (read,) = csv.DictReader(io.StringIO(answers_csv([row])))

    assert read[column] == f"'{formula}"
    (back,) = read_answers_csv(answers_csv([row]).encode(), source="answers.csv")
    assert getattr(back, column) == formula


@settings(max_examples=40)
@given(rows)
def test_no_cell_whatever_begins_as_a_formula_does(row: AnswerRow) -> None:
    for cells in csv.reader(io.StringIO(answers_csv([row]))):
        for cell in cells:
            assert cell.startswith("'") or not FORMULA.match(cell)


def test_what_is_not_there_is_empty_in_the_csv_and_null_in_the_json() -> None:
    row = replace(ROW, rt_ms=None, shown_whole=None, served_at=None, diagnosis_answered="")

    (cells,) = csv.DictReader(io.StringIO(answers_csv([row])))
    (answer,) = json.loads(answers_json([row]))

    for name in ("rt_ms", "shown_whole", "served_at", "diagnosis_answered", "rating"):
        assert (cells[name], answer[name]) == ("", None)
    assert (answer["simulated"], answer["strength"], answer["rt_ms"]) == (False, 4.0, None)


def test_cells_that_cannot_be_are_told_with_line_and_column() -> None:
    text = answers_csv([ROW, replace(ROW, position=2)])
    spoilt = (
        text.replace("perturbed,clean", "perturbed,maybe", 1).replace(",640,", ",soon,").replace(",1.5,1,", ",-1,7,")
    )

    with pytest.raises(CsvRowsError) as caught:
        read_answers_csv(spoilt.encode(), source="answers.csv")

    message = str(caught.value)
    assert "line 2, column response: 'maybe' is none of perturbed, clean, different, same, first, second" in message
    assert "line 2, column rt_ms: 'soon' is not a whole number" in message
    assert "line 3, column pixel_ratio: '-1' is less than 0" in message
    assert "line 3, column shown_whole: '7' is none of 1, 0" in message


@pytest.mark.parametrize("column", [column for column in COLUMNS if not column.empty], ids=lambda column: column.name)
def test_a_column_that_says_nothing_of_empty_cells_has_none(column: Column) -> None:
    with pytest.raises(ValueError, match="empty"):
        column.read("")
