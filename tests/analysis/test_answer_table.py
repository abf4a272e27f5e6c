"""Tables from rows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.answer_table import AnswerTable

ROWS: list[tuple[str, str, bool, bool | None]] = [
    ("A", "x", True, True),
    ("A", "y", False, None),
    ("B", "x", True, False),
]


def from_rows(rows: list[tuple[str, str, bool, bool | None]]) -> AnswerTable:
    columns: Any = zip(*rows, strict=True) if rows else ([], [], [], [])
    observers, items, truths, responses = map(list, columns)
    return AnswerTable.from_rows(observers=observers, items=items, truths=truths, responses=responses)


def test_it_works() -> None:
    table = from_rows(ROWS)

    assert (table.observers, table.items, table.truth.tolist()) == (("A", "B"), ("x", "y"), [True, False])
    assert table.responses.tolist() == [[1, -1], [0, -1]]
    assert table.n_missing == 2


@given(rows=st.permutations(ROWS))
def test_the_order_of_rows_changes_the_order_of_names_alone(rows: list[tuple[str, str, bool, bool | None]]) -> None:
    table = from_rows(rows)
    said = {
        (observer, item): int(table.responses[row, column])
        for row, observer in enumerate(table.observers)
        for column, item in enumerate(table.items)
    }

    assert said == {("A", "x"): 1, ("A", "y"): -1, ("B", "x"): 0, ("B", "y"): -1}


def test_no_row_makes_an_empty_table() -> None:
    assert from_rows([]).responses.shape == (0, 0)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="the item x is both perturbed and clean"):
        from_rows([*ROWS, ("C", "x", False, True)])
    with pytest.raises(ValueError, match="A judged the item x twice"):
        from_rows([*ROWS, ("A", "x", True, False)])
    with pytest.raises(ValueError, match="differ in length"):
        AnswerTable.from_rows(observers=["A"], items=[], truths=[], responses=[])
    with pytest.raises(ValueError, match="truth has the shape"):
        AnswerTable(("A",), ("x",), np.zeros(2, dtype=bool), np.zeros((1, 1), dtype=np.int8))
    with pytest.raises(ValueError, match="responses have the shape"):
        AnswerTable(("A",), ("x",), np.zeros(1, dtype=bool), np.zeros((2, 1), dtype=np.int8))
    with pytest.raises(ValueError, match="a response is 1"):
        AnswerTable(("A",), ("x",), np.zeros(1, dtype=bool), np.full((1, 1), 7, dtype=np.int8))
