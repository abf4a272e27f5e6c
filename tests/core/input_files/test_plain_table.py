"""Large plain tables, which are read at once: the same lines and cells as row by row, or nothing."""

from collections.abc import Iterator
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from perception.core.input_files.coded_column import (
    CodedColumn,
    cells_at,
    codes_of_numbers,
    different,
    replaced,
    rows_that,
)
from perception.core.input_files.csv_rows import CsvError, CsvRows, open_csv
from perception.core.input_files.joined_csv import as_one_table, without_row_names

cells = st.text(st.sampled_from("ab7é \t'=+\u00a0\u3000\x1c#\x00"), max_size=3)
line_ends = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])


@pytest.fixture(autouse=True, scope="module")
def any_size() -> Iterator[None]:
    with mock.patch("perception.core.input_files.plain_table.SMALLEST", 0):
        yield


def opened(text: str) -> CsvRows:
    return without_row_names(open_csv(text, source="f.csv", expected="a, b"))


def test_a_plain_table_is_read_at_once() -> None:
    text = "observer,item\r\nA,1\r\nB,01\r\nA ,'=2\r\n"

    read = opened(text).plain_columns([1, 0])

    assert read is not None
    lines, (items, observers) = read
    assert list(lines) == [2, 3, 4]
    assert list(items) == ["1", "01", "=2"]
    assert list(observers) == ["A", "B", "A"]
    assert different(observers) == ("A", "B")


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,"2"\n',
        "a,b\n1,2\n3\n",
        "a,b\n1,2,3\n4\n",
        "a,b\n1,2\n\n3,4\n",
        "a,b\n1,2\n ,\n",
        "a,b\n1,2\n\u00a0,\u00a0\n",
        "a,b\n1,2\r3,4\n",
        "a\n1\n2\n",
        "sep=o\naob\n1o2\n",
        "sep=é\naéb\n1é2\n",
        "a,b\n",
    ],
)
def test_what_is_not_plain_is_left_to_be_read_row_by_row(text: str) -> None:
    assert opened(text).plain_columns([0]) is None


@settings(max_examples=400)
@given(
    st.lists(st.tuples(st.lists(cells, min_size=1, max_size=4), line_ends), max_size=6),
    st.sampled_from([",", ";", "\t"]),
)
@example([(["a", "1"], "\n"), (["b", "01"], "\n")], ",")
@example([(["True", "1"], "\n"), (["TRUE", "1.0"], "\n")], ",")
@example([(["NA", "nan"], "\n"), (["", "word"], "\n")], ",")
def test_lines_and_cells_are_those_of_reading_row_by_row(rows: list[tuple[list[str], str]], delimiter: str) -> None:
    text = delimiter.join("xyz"[:2]) + "\n" + "".join(delimiter.join(row) + end for row, end in rows)
    plain = opened(text).plain_columns([0, 1, 0])
    if plain is None:
        return

    try:
        lines, columns, ragged = opened(text).columns([0, 1, 0])
    except CsvError:
        pytest.fail("a table that cannot be read was read")

    assert ragged == []
    assert list(plain[0]) == lines
    assert [list(column) for column in plain[1]] == columns


def test_a_header_that_stands_again_is_looked_for_row_by_row() -> None:
    text = "a,b\n1,2\na,b\n3,4\n"

    joined = as_one_table(opened(text), ["a", "b"], text=text)

    assert joined.plain_columns([0]) is None
    assert joined.columns([0])[:2] == ([2, 4], [["1", "3"]])


@given(st.lists(st.sampled_from(["", "a", "A", "b "])))
def test_a_coded_column_is_read_as_the_list_of_its_cells(listed: list[str]) -> None:
    order = [*sorted(set(listed), reverse=True), "never"]
    coded = CodedColumn.of(np.array([order.index(cell) for cell in listed], dtype=np.int8), order)

    assert list(coded) == listed
    assert [coded[row] for row in range(len(coded))] == listed
    assert coded[1:3] == listed[1:3]
    assert [*different(coded)] == [*different(listed)]
    assert [cell in coded for cell in order] == [cell in listed for cell in order]
    assert list(replaced(coded, str.casefold)) == list(replaced(listed, str.casefold))
    assert list(different(replaced(coded, str.casefold))) == list(dict.fromkeys(map(str.casefold, listed)))
    assert rows_that(coded, bool).tolist() == rows_that(listed, bool).tolist()
    kept = np.flatnonzero(np.arange(len(listed)) % 2 == 0)
    assert list(cells_at(coded, kept)) == cells_at(listed, kept) == listed[::2]


@given(st.lists(st.integers(-3, 3)))
def test_numbers_are_coded_in_the_order_in_which_they_first_appear(numbers: list[int]) -> None:
    codes, known = codes_of_numbers(np.array(numbers, dtype=np.intp))

    first_seen = list(dict.fromkeys(numbers))
    assert codes.tolist() == [first_seen.index(number) for number in numbers]
    assert known.tolist() == first_seen
