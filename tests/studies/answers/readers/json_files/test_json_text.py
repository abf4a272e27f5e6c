"""Answers as JSON, in the shapes that programs write; and JSON that is none."""

import json
from typing import Any

import numpy as np
import pytest

from perception.core.input_files.errors import InputError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import read_answers
from studies.answers.readers.words import parse_words

ANSWERS: list[dict[str, Any]] = [
    {"observer": "A", "item": "x", "truth": "perturbed", "response": "clean", "rating": 2, "rt_ms": 512.5},
    {"observer": "A", "item": "y", "truth": "clean", "response": "clean", "rating": 1, "rt_ms": None},
    {"observer": "B", "item": "x", "truth": "perturbed", "response": None, "rating": None, "rt_ms": 800},
]


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_answers(text.encode(), source="f.json")
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ANSWERS),
        json.dumps(ANSWERS, indent=2),
        "\ufeff \n" + json.dumps(ANSWERS),
        "\n".join(map(json.dumps, ANSWERS)),
        json.dumps({"study": "one", "answers": ANSWERS}),
        json.dumps([ANSWERS[:2], [], ANSWERS[2:]]),
        json.dumps(ANSWERS[:2]) + "\r\n" + json.dumps(ANSWERS[2:]),
        json.dumps(ANSWERS).replace("null", "NaN"),
        json.dumps(ANSWERS).replace('"item"', '"Item"'),
    ],
)
def test_every_shape_is_the_same_table(text: str) -> None:
    read = read_answers(text.encode(), source="f.json")

    assert (read.observers, read.items) == (("A", "B"), ("x", "y"))
    assert read.truth.tolist() == [True, False, True]
    assert read.response.tolist() == [0, 0, -1]
    assert read.rating is not None
    assert np.array_equal(read.rating, [2, 1, np.nan], equal_nan=True)
    assert read.rt_ms is not None
    assert np.array_equal(read.rt_ms, [512.5, np.nan, 800], equal_nan=True)


def test_true_and_false_and_numbers_are_words() -> None:
    text = json.dumps([{"observer": 7, "item": 12.0, "truth": True, "response": 0}])
    options = ReadingOptions(words=parse_words("true=perturbed,0=clean"))

    read = read_answers(text.encode(), source="f.json", options=options)

    assert (read.observers, read.items) == (("7",), ("12",))
    assert (read.truth.tolist(), read.response.tolist()) == ([True], [0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            json.dumps(ANSWERS, indent=1)[:-20],
            "f.json, line 23, column 18: not readable as JSON: the file ends here, in entry 3: it is cut off",
        ),
        (json.dumps(ANSWERS)[:-1], "f.json, line 1, column 305: not readable as JSON: the file ends here"),
        ('[{"observer": "A", "item', "f.json, line 1, column 25: not readable as JSON: the file ends here"),
        ("[", "f.json, line 1, column 2: not readable as JSON: the file ends here"),
        ('[\n{"observer": "A",}]', "f.json, line 2, column 18: not readable as JSON: "),
        ("[{}\n{}]", "f.json, line 2, column 1: not readable as JSON: expected a comma or the end of the array"),
        ("[{'observer': 1}]", "f.json, line 1, column 3: not readable as JSON: "),
        ("[]", "f.json: there is no answer in it: the array is empty"),
        ("[[], []]", "f.json: there is no answer in it"),
        (
            "[1, 2]",
            "f.json, line 1, column 2: expected an array of objects, one an answer or a trial; this is a number",
        ),
        (
            '[{}, "x"]',
            "f.json, line 1, column 6: expected an array of objects, one an answer or a trial; this is a text",
        ),
        (
            "[[[1]]]",
            "f.json, line 1, column 3: expected an array of objects, one an answer or a trial; this is an array",
        ),
        (
            '{"observer": ["A"], "item": ["x"]}',
            "f.json, line 1: no column truth, response; its JSON has observer, item",
        ),
        (
            '{"observer": {"0": "A"}, "item": {"0": "x"}}',
            "f.json, line 1: no column truth, response; its JSON has observer, item",
        ),
        (
            '{"settings": {"colour": "A"}, "seen": {"number": 3}}',
            "f.json, line 1, column 1: expected an array of objects, one an answer or a trial; this is an object with "
            "settings, seen",
        ),
        (
            '[{"observer": "A", "item": "x", "truht": "clean", "response": "clean"}]',
            "f.json, line 1: no column truth; its JSON has observer, item, truht, response. If “truht” is the truth, "
            "add: --truth-column truht",
        ),
        (
            '[{"observer": "A", "item": "x", "truth": "clean", "response": "clean"},\n{"observer": "A", "item": "y"}]',
            "f.json, line 2, entry 2, column truth: the cell is empty",
        ),
        (
            json.dumps([ANSWERS[0], ANSWERS[1], ANSWERS[0]]),
            "f.json, line 1, entry 3, column item: A has judged the item x in entry 1",
        ),
        (
            json.dumps([ANSWERS[0] | {"rt_ms": 10**400}]),
            f"f.json, line 1, entry 1, column rt_ms: '1{'0' * 38}…' is not a number",
        ),
        (
            f'[{{"observer": "A", "item": "x", "truth": "clean", "response": "clean", "rt_ms": {"9" * 5000}}}]',
            f"f.json, line 1, entry 1, column rt_ms: '{'9' * 39}…' is not a number",
        ),
        (
            json.dumps([ANSWERS[0] | {"rt_ms": float("inf")}]),
            "f.json, line 1, entry 1, column rt_ms: 'inf' is not a number",
        ),
        ("[" * 200_000, "f.json, line 1, column 3: "),
        ("[" + '{"a":' * 200_000, "f.json, line 1, column 2: not readable as JSON: "),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


def test_json_is_not_read_as_a_table_nor_a_table_as_json() -> None:
    text = json.dumps(ANSWERS)

    with pytest.raises(InputError, match="this is JSON, not a table with one row an answer"):
        read_answers(text.encode(), source="f", options=ReadingOptions(input_format="long"))
    with pytest.raises(InputError, match="this is not JSON: it begins with neither"):
        read_answers(b"observer,item,truth,response\n", source="f", options=ReadingOptions(input_format="json"))
