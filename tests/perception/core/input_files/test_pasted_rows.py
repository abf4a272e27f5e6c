"""Lists that people paste: any separator, with or without a header; one bad line loses no other."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.core.input_files.errors import InputError
from perception.core.input_files.pasted_rows import decode_list, read_pasted_rows

COLUMNS = (("label", "pseudonyme"), ("group", "groupe"))


def rows(text: str) -> list[tuple[str, ...]]:
    return [cells for _, cells in read_pasted_rows(text, COLUMNS).rows]


@pytest.mark.parametrize("mark", ["\t", ";", ",", " ; ", ",  "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_and_any_line_end_is_read(mark: str, end: str) -> None:
    assert rows(f"A{mark}one{end}{end}B{mark}two{end}") == [("A", "one"), ("B", "two")]


@pytest.mark.parametrize(
    "text",
    [
        "label,group\nA,one",
        "Group;Label\none;A",
        "email\tGROUPE\tPseudonyme\nx@y.z\tone\tA",
        "A,one",
        '"A","one"',
    ],
)
def test_a_header_tells_the_columns_and_none_is_needed(text: str) -> None:
    assert rows(text) == [("A", "one")]


def test_a_line_with_fewer_cells_has_an_empty_one() -> None:
    assert rows("A\nB, two") == [("A", ""), ("B", "two")]


def test_a_line_that_cannot_be_read_loses_no_other() -> None:
    read = read_pasted_rows('A,one\n"B,two\nC,three,four\nD,five', COLUMNS)
    assert [cells for _, cells in read.rows] == [("A", "one"), ("D", "five")]
    assert [problem.line for problem in read.problems] == [2, 3]
    assert str(read.problems[1]) == "line 3: 3 cells, where at most 2 are read"


@given(st.lists(st.tuples(st.text(), st.text()).filter(any)))
def test_whatever_is_written_as_csv_is_read_as_one_row_a_line(cells: list[tuple[str, str]]) -> None:
    clean = [(" ".join(a.replace("\0", "").split()), " ".join(b.replace("\0", "").split())) for a, b in cells]
    text = io.StringIO()
    csv.writer(text, delimiter="\t").writerows([("label", "group"), *(row for row in clean if any(row))])
    read = read_pasted_rows(text.getvalue(), COLUMNS)
    assert not read.problems
    assert len(read.rows) == sum(any(row) for row in clean)


@given(st.text())
def test_no_text_at_all_breaks_it(text: str) -> None:
    read = read_pasted_rows(text, COLUMNS)
    lines = {line for line, _ in read.rows} | {problem.line for problem in read.problems}
    assert len(lines) == len(read.rows) + len(read.problems)


@pytest.mark.parametrize(
    ("data", "assumed"),
    [
        ("É,é".encode(), False),
        ("É,é".encode("utf-8-sig"), False),
        ("É,é".encode("utf-16"), False),
        (b"\xc9,\xe9", True),
    ],
)
def test_a_file_in_another_encoding_is_read_and_said_to_be(data: bytes, assumed: bool) -> None:
    assert decode_list(data, source="a.csv") == ("É,é", assumed)


def test_a_workbook_is_no_list() -> None:
    with pytest.raises(InputError, match="Excel"):
        decode_list(b"PK\x03\x04....", source="a.xlsx")
