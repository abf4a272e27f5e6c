"""Tables that people make: read rightly, or refused with the place."""

import pytest

from perception.core.input_files.csv_table import CsvError, CsvRowsError, CsvTable, read_csv


def read(text: str | bytes, *required: str) -> CsvTable:
    data = text.encode() if isinstance(text, str) else text
    return read_csv(data, source="t.csv", required=required or ("a", "b"), optional=("c",))


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        "a;b\n1;2\n",
        "a\tb\n1\t2\n",
        "a,b\r\n1,2\r\n",
        "a,b\r1,2\r",
        "\ufeffa,b\n1,2",
        "\n\na,b\n\n1,2\n\n",
        " A , B \n 1 , 2 \n",
        'b,a\n2,"1"\n',
        "x,a,b,y\n0,1,2,3\n",
        "a,b\n1,2,,\n",
        "sep=;\na;b\n1;2\n",
        '"x;y",a,b\n;,1,2\n',
        "a,b,n\u2028ote\n1,2,3\n",
        "a,b\n1,2\n".encode("utf-16"),
        b"\xfe\xff" + "a,b\n1,2\n".encode("utf-16-be"),
        "a,b\n1,2\n".encode("utf-32"),
    ],
)
def test_whatever_a_spreadsheet_writes_is_read(text: str | bytes) -> None:
    (row,) = read(text).rows

    assert row.cells == {"a": "1", "b": "2"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_file(end: str) -> None:
    table = read('a,b\n"one\nand more",2\n\n3,4\n'.replace("\n", end))

    assert [row.line for row in table.rows] == [2, 5]


def test_lines_are_counted_from_the_separators_line() -> None:
    with pytest.raises(CsvError, match=r"t\.csv, line 4: 1 cells where the header has 2"):
        read("sep=,\na,b\n1,2\n1\n")


def test_a_cell_may_be_as_long_as_an_image() -> None:
    (row,) = read(f"a,b\n{'x' * 200_000},2\n").rows

    assert len(row.cells["a"]) == 200_000


def test_a_misspelt_column_is_named() -> None:
    with pytest.raises(
        CsvError, match="no column response; the header has item, Respones; is it “Respones” for response"
    ):
        read("item,Respones\n1,2\n", "item", "response")


def test_an_optional_column_is_there_or_not() -> None:
    assert read("a,b\n1,2\n").columns == ("a", "b")
    assert read("c,a,b\n3,1,2\n").rows[0].cells["c"] == "3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv: the file is empty; expected a header with a, b"),
        ("\n \n", "t.csv: the file is empty"),
        ("a,x\n1,2\n", "t.csv, line 1: no column b; the header has a, x"),
        ("a,b,A\n1,2,3\n", "t.csv, line 1, column a: the column stands twice"),
        ("a,b\n1\n", "t.csv, line 2: 1 cells where the header has 2"),
        ("a,b\n1,2\n1,2,3\n", "t.csv, line 3: 3 cells where the header has 2"),
        ('a,b\n1,"2\n', "t.csv, line 2: not readable as CSV"),
        (b"a,b\n1,\xff\n", "t.csv, line 2: not UTF-8"),
        (b"a,b\n1,2\n\0", "t.csv, line 3: a NUL character"),
        (b"\0\1\0\2\0\3\0\4", "t.csv, line 1: a NUL character"),
        ("a,b\n1,é\n".encode("utf-16-be"), "t.csv: this looks like UTF-16 (big-endian) text without a byte-order mark"),
        ('a,b\n1,"2"3\n', "t.csv, line 2: not readable as CSV: text after a closing quotation mark"),
        (
            'a,b\n"1\n2"3,4\n',
            "t.csv, line 3: not readable as CSV: text after a closing quotation mark, in the row that",
        ),
        (b"\x89PNG\r\n\x1a\n", "t.csv: this is an image (PNG)"),
        ("a,bb,column\n1,2,3\n", "t.csv, line 1: no column b; the header has a, bb, column"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str | bytes, message: str) -> None:
    with pytest.raises(CsvError) as caught:
        read(text)

    assert str(caught.value).startswith(message)


def test_rows_of_another_width_are_told_together_or_handed_over() -> None:
    text = "a,b\n1\n1,2\n1,2,3\n"
    with pytest.raises(CsvRowsError) as caught:
        read(text)
    problems: list[CsvError] = []

    table = read_csv(text.encode(), source="t.csv", required=("a", "b"), problems=problems)

    assert [error.line for error in caught.value.errors] == [error.line for error in problems] == [2, 4]
    assert (table.lines, table.cells) == ([3], {"a": ["1"], "b": ["2"]})


def test_many_errors_are_told_together_and_cut() -> None:
    rows = read("a,b\n" + "1,2\n" * 25).rows

    error = CsvRowsError([row.error("bad", "a") for row in rows])

    lines = str(error).splitlines()
    assert lines[0] == "t.csv, line 2, column a: bad"
    assert lines[-1] == "… and 5 more"
    assert len(lines) == 21
    assert (error.line, error.column) == (2, "a")


def test_a_file_without_columns_is_not_quoted() -> None:
    with pytest.raises(CsvError, match="no column a, b; the first line has no commas") as caught:
        read_csv(b"sk-5rn!w9p(a$\n", source="key", required=("a", "b"))

    assert "sk-5rn" not in str(caught.value)


def test_a_long_header_is_quoted_in_part() -> None:
    with pytest.raises(CsvError, match=r"no column b; the header has x+…, other") as caught:
        read_csv(b"x" * 5_000 + b",other\n", source="t.csv", required=("b",))

    assert len(str(caught.value)) < 120
