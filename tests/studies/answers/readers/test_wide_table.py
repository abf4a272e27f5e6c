"""A table with one row an image and one column an observer."""

import pytest

from perception.core.input_files.errors import InputError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import read_files
from studies.answers.readers.words import parse_words

pytestmark = pytest.mark.usefixtures("way_of_reading")


def read(text: str, options: ReadingOptions | None = None) -> tuple[list[tuple[str, str, bool, int]], str]:
    reading = read_files([(text.encode(), "wide.csv")], options or ReadingOptions())
    seen = reading.observations
    rows = [
        (seen.observers[observer], seen.items[item], bool(truth), int(response))
        for observer, item, truth, response in zip(seen.observer, seen.item, seen.truth, seen.response, strict=True)
    ]
    return rows, " ".join(reading.notes)


EXPECTED = [("A", "x", True, 0), ("B", "x", True, 1), ("A", "y", False, -1), ("B", "y", False, 0)]


@pytest.mark.parametrize(
    "text",
    [
        "image,truth,A,B\nx,perturbed,clean,perturbed\ny,clean,,clean\n",
        "A;truth;B;item\nclean;perturbed;perturbed;x\nNA;clean;clean;y\n",
        "item,truth,observer_A,observer_B,note\nx,perturbed,clean,perturbed,hm\ny,clean,,clean,\n",
        "image,truth_perturbed,observer_A,observer_B\nx,1,0,1\ny,0,,0\n",
        "image,lesion,diagnosis,truth,A,B\nx,l1,nv,perturbed,clean,perturbed\ny,l2,mel,clean,,clean\n",
    ],
)
def test_the_columns_that_are_observers_are_told_from_the_header(text: str) -> None:
    rows, note = read(text)

    assert rows == EXPECTED
    assert note == (
        "wide.csv: read as a table with one row an image and one column an observer; the observers are A, B"
    )


def test_columns_and_words_may_be_told() -> None:
    text = "picture,is,A,B,comment\nx,1,0,1,good\ny,0,,0,\n"
    options = ReadingOptions(
        input_format="wide",
        names={"item": "picture", "truth": "is"},
        observers=("B", "A"),
        words=parse_words("1=perturbed,0=clean"),
    )

    rows, _ = read(text, options)

    assert sorted(rows) == sorted(EXPECTED)


def test_truths_may_be_elsewhere() -> None:
    options = ReadingOptions(truths={"x": "perturbed", "y": "clean"}, truths_source="key.csv")

    assert read("item,A,B\nx,clean,perturbed\ny,,clean\n", options)[0] == EXPECTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "image,truth,A,note\nx,perturbed,clean,good\ny,clean,clean,\n",
            "wide.csv, line 2, column note: 'good' is neither perturbed nor clean, nor empty",
        ),
        (
            "image,truth,A,B\nx,perturbed,clean,clean\nx,perturbed,clean,clean\n",
            "wide.csv, line 3, column image: A has judged the item x in line 2",
        ),
        ("image,truth,A\nx,perturbed\n", "wide.csv, line 2: 2 cells where the header has 3"),
        ("image,truth,A,a\nx,clean,clean,clean\n", "wide.csv, line 1, column A: the column stands twice"),
        ("image,truth,lesion\nx,clean,l\n", "wide.csv, line 1: no column of an observer beside item and truth"),
        ("image,truth,A\n", "wide.csv: there is no answer below the header"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)

    assert str(caught.value).startswith(message)


def test_a_column_that_may_be_no_observer_is_asked_about() -> None:
    with pytest.raises(InputError, match=r"If a column is no observer, name those that are: --observers A,B$"):
        read("image,truth,A,note\nx,perturbed,clean,good\ny,clean,clean,good\n")


def test_an_observer_who_is_named_and_not_there() -> None:
    with pytest.raises(InputError, match=r"no column C of an observer; the header has image, truth, A"):
        read("image,truth,A\nx,clean,clean\n", ReadingOptions(observers=("A", "C")))
