"""Files that are not as they should be: read rightly, or refused with the place and what to do."""

import io
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.study_summary import summarise_study
from perception.core.input_files.errors import InputError, InputRowsError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import read_answers, read_files
from studies.answers.readers.words import parse_words

pytestmark = pytest.mark.usefixtures("way_of_reading")

HEADER = "observer,item,truth,response"
ROWS = ["A,x,perturbed,clean", "A,y,clean,clean", "B,x,perturbed,perturbed", "B,y,clean,perturbed"]
TABLE = "\n".join([HEADER, *ROWS]) + "\n"
WITH_TIMES = f"{HEADER},rt_ms\n"


def refusal(data: bytes | str, options: ReadingOptions | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_answers(
            data if isinstance(data, bytes) else data.encode(), source="f.csv", options=options or ReadingOptions()
        )
    return str(caught.value)


def workbook() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # Of a fixed date: the bytes name the test, and both processes of a run must collect the same names.
        archive.writestr(zipfile.ZipInfo("xl/workbook.xml"), "<workbook/>")
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        f"{HEADER}\r\n{ROWS[0]}\n{ROWS[1]}\r{ROWS[2]}\r\n\r\n{ROWS[3]}".encode(),
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.encode("utf-16"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        ("sep=;\r\n" + TABLE.replace(",", ";")).encode(),
        TABLE.replace("\n", ",,\n").replace("response,,", "response").encode(),
        TABLE.upper().encode(),
        TABLE.replace(",x,", ', "x",').replace(", ", ",").encode(),
        TABLE.replace("clean", " Clean\u00a0").encode(),
    ],
)
def test_what_programs_write_differently_is_the_same_table(data: bytes) -> None:
    expected = read_answers(TABLE.encode(), source="f.csv")

    read = read_answers(data, source="f.csv")

    assert [name.casefold() for name in (*read.observers, *read.items)] == ["a", "b", "x", "y"]
    assert read.truth.tolist() == expected.truth.tolist()
    assert read.response.tolist() == expected.response.tolist()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "f.csv: the file is empty; expected a header with observer, item, truth, response"),
        (b"\xef\xbb\xbf", "f.csv: the file is empty"),
        ("\r\n \r\n", "f.csv: the file is empty"),
        (f"{HEADER}\n", "f.csv: there is no answer below the header"),
        (
            TABLE.replace("response", "respons", 1),
            "f.csv, line 1: no column response; the header has observer, item, truth, respons. If “respons” is the "
            "response, add: --response-column respons",
        ),
        (
            "observer;picture\nA;x\n",
            "f.csv, line 1: no column item, truth, response; the header has observer, picture. If “picture” is the "
            "item, add: --item-column picture --truth-column NAME --response-column NAME",
        ),
        (
            f"\n{HEADER},Truth\nA,x,clean,clean,clean\n",
            "f.csv, line 2, column truth: the column stands twice in the header",
        ),
        (TABLE + "C,x\n", "f.csv, line 6: 2 cells where the header has 4"),
        (
            TABLE + "C,x,clean,clean,clean\n",
            "f.csv, line 6: 5 cells where the header has 4; a cell that holds a comma must stand in quotation marks",
        ),
        (
            f'{HEADER}\n{ROWS[0]}\nB,"x,perturbed,clean\n{ROWS[1]}\n',
            "f.csv, line 3: not readable as CSV: a quotation mark that opens in this row is never closed",
        ),
        (
            f'{HEADER}\n{ROWS[0]}\nB,"x"y,perturbed,clean\n',
            "f.csv, line 3: not readable as CSV: text after a closing quotation mark; inside a cell",
        ),
        (TABLE + "C,x\0,clean,clean\n", "f.csv, line 6: a NUL character in column 4: this is not a text file"),
        (
            TABLE.encode("utf-16-le"),
            "f.csv: this looks like UTF-16 (little-endian) text without a byte-order mark: save the file as UTF-8 "
            "(in a spreadsheet: Save as, “CSV UTF-8”; in an editor: Save with encoding, UTF-8); or give "
            "--encoding utf-16-le",
        ),
        (
            f"{HEADER}\nZoé,Häß,clean,clean\n观察者,x,clean,clean\n".encode("utf-16-be"),
            "f.csv: this looks like UTF-16 (big-endian) text without a byte-order mark",
        ),
        (TABLE.encode("utf-32-le"), "f.csv: this looks like UTF-32 (little-endian) text without a byte-order mark"),
        (
            f"{HEADER}\rZo\u00e9,x,clean,clean\r".encode("latin-1"),
            "f.csv, line 2: not UTF-8 text: the byte 0xE9 in column 3; save the file as UTF-8 (CSV UTF-8); or say how "
            "it is written: the cell there reads “ZoÈ” with --encoding mac-roman or “ZoÚ” with --encoding cp850 or "
            "“Zoé” with --encoding cp1252",
        ),
        (workbook(), "f.csv: this is an Excel workbook (xlsx), or another archive, not text; save its sheet as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "f.csv: this is an Excel workbook (xls), not text"),
        (b"\x1f\x8b\x08\0", "f.csv: this is compressed (gzip), not text; unpack it first"),
        (b"%PDF-1.7\n", "f.csv: this is a PDF"),
        (TABLE + ROWS[2], "f.csv, line 6, column item: B has judged the item x in line 4"),
        (TABLE + "C,x,clean,clean", "f.csv, line 6, column truth: the item x is perturbed in line 2"),
        (
            WITH_TIMES + 'A,x,clean,clean,"512,5"\n',
            "f.csv, line 2, column rt_ms: '512,5' is not a number; write 512.5 if the comma is a decimal one",
        ),
        (WITH_TIMES + "A,x,clean,clean,soon\n", "f.csv, line 2, column rt_ms: 'soon' is not a number"),
        (WITH_TIMES + "A,x,clean,clean,1_000\n", "f.csv, line 2, column rt_ms: '1_000' is not a number"),
        (
            WITH_TIMES + "A,x,clean,clean,4e229\n",
            "f.csv, line 2, column rt_ms: '4e229' is larger than any rt_ms",
        ),
        (WITH_TIMES + "A,x,clean,clean,-Infinity\n", "f.csv, line 2, column rt_ms: '-Infinity' is not a number"),
        (WITH_TIMES + f"A,x,clean,clean,{'9' * 5000}\n", f"f.csv, line 2, column rt_ms: '{'9' * 39}…' is not a number"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: bytes | str, message: str) -> None:
    assert refusal(data).startswith(message)


def test_other_words_are_listed_with_what_to_type() -> None:
    text = TABLE.replace("perturbed", "y").replace(",clean", ",N")

    lines = refusal(text).splitlines()

    assert lines[0] == "f.csv, line 2, column truth: 'y' is neither perturbed nor clean (2 rows)"
    assert lines[-1] == (
        "Words that are not known, in truth: 'y', 'N'; in response: 'N', 'y'. If they mean what they seem to, add: "
        "--words y=perturbed,n=clean"
    )
    options = ReadingOptions(words=parse_words(lines[-1].rpartition("--words ")[2]))
    read = read_answers(text.encode(), source="f.csv", options=options)
    assert read.truth.tolist() == [True, False, True, False]
    assert read.response.tolist() == [0, 0, 1, 1]


def test_words_that_seem_to_mean_nothing_are_listed_with_both_meanings() -> None:
    text = TABLE.replace("perturbed", "left").replace(",clean", ",right")

    assert (
        refusal(text)
        .splitlines()[-1]
        .endswith("Say what each means: --words left=perturbed|clean,right=perturbed|clean (one of the two each)")
    )


def test_a_slip_among_known_words_gets_no_advice_on_words() -> None:
    assert refusal(f"{TABLE}C,x,perturbed,claen\n") == (
        "f.csv, line 6, column response: 'claen' is neither perturbed nor clean, nor empty"
    )


@pytest.mark.parametrize("nothing", ["", "NA", "NaN", "null", "n/a"])
def test_nothing_is_a_missing_answer_and_a_missing_time(nothing: str) -> None:
    read = read_answers(f"{WITH_TIMES}A,x,clean,{nothing},{nothing}\nA,y,clean,clean,5\n".encode(), source="f.csv")

    assert read.response.tolist() == [-1, 0]
    assert read.rt_ms is not None
    assert np.array_equal(read.rt_ms, [np.nan, 5], equal_nan=True)


def test_decimal_commas_are_read_where_semicolons_separate() -> None:
    read = read_answers(f"{WITH_TIMES}A,x,clean,clean,".replace(",", ";").encode() + b"1512,25\n", source="f.csv")

    assert read.rt_ms is not None
    assert read.rt_ms.tolist() == [1512.25]


def test_a_quoted_line_end_is_part_of_a_name_and_the_lines_after_it_are_counted_rightly() -> None:
    text = f'{HEADER}\nA,"x\n1",clean,clean\nA,y,clean,clean\n'

    assert read_answers(text.encode(), source="f.csv").items == ("x\n1", "y")
    assert refusal(text + "A,y,clean,clean\n").startswith(
        "f.csv, line 5, column item: A has judged the item y in line 4"
    )


def test_another_encoding_is_read_when_it_is_named() -> None:
    data = f"{HEADER}\nZo\u00e9,x,clean,clean\n".encode("cp1252")

    assert read_answers(data, source="f.csv", options=ReadingOptions(encoding="cp1252")).observers == ("Zo\u00e9",)
    assert "there is no encoding “latin-99”" in refusal(data, ReadingOptions(encoding="latin-99"))


def test_truths_may_be_in_a_file_of_their_own_and_items_that_it_lacks_are_named() -> None:
    text = "observer,item,response\nA,x,clean\nB,x,perturbed\nA,y,clean\n"
    options = ReadingOptions(truths={"x": "perturbed", "y": "clean"}, truths_source="key.csv")

    read = read_answers(text.encode(), source="f.csv", options=options)

    assert read.truth.tolist() == [True, True, False]
    assert refusal(text + "C,z,clean\n", options) == "f.csv, line 5, column item: the item 'z' is not in key.csv"
    assert refusal(TABLE, replace(options, truths={"x": "sure", "y": "clean"})).startswith(
        "f.csv, line 2, column truth: 'sure' is neither perturbed nor clean (2 rows)"
    )


def test_what_is_wrong_in_several_files_is_told_file_by_file() -> None:
    files = [
        (f"{HEADER}\nA,x,clean,clean\nA,y,clean,maybe\n".encode(), "1.csv"),
        (f"{HEADER}\nA,x,clean,clean\nB,q\n".encode(), "0.csv"),
    ]

    with pytest.raises(InputRowsError) as caught:
        read_files(files)

    assert str(caught.value).splitlines() == [
        "1.csv, line 3, column response: 'maybe' is neither perturbed nor clean, nor empty",
        "0.csv, line 2, column item: A has judged the item x in line 2 of 1.csv",
        "0.csv, line 3: 2 cells where the header has 4",
    ]


def test_no_more_is_put_into_words_than_is_told() -> None:
    """Fifty thousand wrong rows, four times over: made into messages one by one, they would take many seconds."""
    rows = "".join(f"A,{number},clean,clean,soon\nA,{number},clean,clean,5\nB\n" for number in range(50_000))

    began = time.process_time()
    lines = refusal(WITH_TIMES + rows).splitlines()

    assert time.process_time() - began < 4
    assert len(lines) == 21
    assert lines[-1] == "… and 99980 more"


def test_a_hundred_thousand_rows_take_a_fraction_of_a_second() -> None:
    """A million take ten times as long: 2.6 s of one core were measured, and 0.2 s for the figures."""
    rows = "".join(
        f"obs{observer},item{item},{'perturbed' if item % 2 else 'clean'},{'clean' if item % 3 else 'perturbed'}\n"
        for observer in range(100)
        for item in range(1000)
    )

    began = time.process_time()
    read = read_answers(f"{HEADER}\n{rows}".encode(), source="f.csv")

    assert time.process_time() - began < 2
    assert len(read.observer) == 100_000
    assert summarise_study(read).as_dict()["n_images"] == 1000
