"""Objects of JSON that hold the answers as a table, or as an array for each person."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.core.input_files.errors import InputError
from studies.answers.readers.reading import Reading, read_files

TRUTHS = {"i1": "perturbed", "i2": "perturbed", "i3": "clean", "i4": "clean"}
ROWS = [
    {"observer": observer, "item": item, "truth": truth, "response": truth}
    for observer in "AB"
    for item, truth in TRUTHS.items()
]
COLUMNS = list(ROWS[0])


def trials(first: int = 0) -> list[dict[str, Any]]:
    return [
        {"trial_type": "x", "trial_index": first + n, "stimulus": f"{i}", "correct_response": t, "response": t, "rt": 9}
        for n, (i, t) in enumerate(TRUTHS.items())
    ]


def read(value: Any) -> Reading:
    text = value if isinstance(value, str) else json.dumps(value)
    return read_files([(text.encode(), "f.json")])


def refusal(value: Any) -> str:
    with pytest.raises(InputError) as raised:
        read(value)
    return str(raised.value)


@pytest.mark.parametrize(
    "value",
    [
        {name: {str(n): row[name] for n, row in enumerate(ROWS)} for name in COLUMNS},
        {str(n): row for n, row in enumerate(ROWS)},
        {f"-N{n}x": row for n, row in enumerate(ROWS)},
        {"columns": COLUMNS, "index": list(range(8)), "data": [list(row.values()) for row in ROWS]},
        {name: [row[name] for row in ROWS] for name in COLUMNS},
        {"answers": ROWS, "events": [{"event": "blur"}]},
        {"study": {"wave": {"answers": ROWS}}},
    ],
)
def test_a_table_as_pandas_or_a_database_writes_it_is_read_as_its_rows(value: dict[str, Any]) -> None:
    found = read(value).observations

    assert (found.observers, found.items) == (("A", "B"), tuple(TRUTHS))
    assert found.response.tolist() == found.truth.astype(int).tolist() == [1, 1, 0, 0] * 2


@given(st.lists(st.sampled_from(["perturbed", "clean"]), min_size=2, max_size=30))
def test_columns_rows_and_lists_are_one_table(said: list[str]) -> None:
    rows = [{"observer": "A", "item": f"i{n}", "truth": word, "response": word} for n, word in enumerate(said)]
    tables = [
        rows,
        {name: [row[name] for row in rows] for name in COLUMNS},
        {name: {str(n): row[name] for n, row in enumerate(rows)} for name in COLUMNS},
        {"columns": COLUMNS, "data": [list(row.values()) for row in rows]},
    ]

    assert len({tuple(read(table).observations.response.tolist()) for table in tables}) == 1


@pytest.mark.parametrize(
    "held", [lambda own: own, lambda own: {"data": own}, lambda own: {"consent": True, "data": own}]
)
def test_an_array_for_each_person_names_the_person(held: Any) -> None:
    reading = read({"p1": held(trials()), "p2": held(trials())})

    assert reading.observations.observers == ("p1", "p2")
    assert reading.notes[0].endswith("each of its 2 arrays is one observer's, who is called as it is: p1, p2")


def test_an_entry_that_says_whose_it_is_is_believed() -> None:
    own = [[entry | {"subject": name} for entry in trials()] for name in "AB"]

    assert read({"p1": own[0], "p2": own[1]}).observations.observers == ("A", "B")


def test_what_holds_the_array_says_whose_it_is() -> None:
    """Two parts of one person, appended line by line, are one person's; they were two observers."""
    parts = [{"subject": "A", "trials": trials()[:2]}, {"subject": "A", "trials": trials(first=7)[2:]}]

    assert read("\n".join(map(json.dumps, parts))).observations.observers == ("A",)


def test_an_array_of_what_each_person_sent_names_the_persons() -> None:
    """As databases hold it: a document for each session, with the trials in it."""
    documents = [{"_id": n, "subject": name, "trials": trials()} for n, name in enumerate("AB")]

    assert read(documents).observations.observers == ("A", "B")
    nameless = [{"_id": n, "trials": [trial | {"rt": n} for trial in trials()]} for n in range(3)]
    assert read(json.dumps(nameless[:2]) + json.dumps(nameless[2:])).observations.observers == ("f 1", "f 2", "f 3")


def test_what_was_tracked_in_a_trial_is_no_trial() -> None:
    tracked = [entry | {"subject": "A", "mouse": [{"x": 1, "rt": 3}]} for entry in trials()]

    for text in ("\n".join(map(json.dumps, tracked)), json.dumps(tracked)):
        assert read(text).observations.items == tuple(TRUTHS)


@pytest.mark.parametrize(
    "value",
    [
        {"practice": trials(), "main": trials(first=4)},
        {"block 1": trials(), "block 2": trials(first=4)},
        {"p1": trials(), "p2": {"data": trials()}},
        {"p1": {"a": trials(), "b": trials()}, "p2": {"a": trials()}},
    ],
)
def test_arrays_that_may_be_parts_of_one_session_are_refused_with_the_way_out(value: dict[str, Any]) -> None:
    told = refusal(value)

    assert "whether each is a person's or a part of one session cannot be told; give one array of all" in told


def test_columns_of_several_lengths_are_refused() -> None:
    value = {name: [row[name] for row in ROWS] for name in COLUMNS} | {"response": ["clean"]}

    assert "its columns are not of one length: response has 1 cells where 8 are expected" in refusal(value)


def test_a_comma_before_the_end_of_the_array_is_passed_over() -> None:
    assert read(json.dumps(ROWS)[:-1] + ",\n]").observations.observers == ("A", "B")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[{'item': 1}]", "a name in double quotation marks is expected here"),
        (
            '[{"item": None}]',
            "a value is expected here: a text in double quotation marks, a number, true, false or null",
        ),
        ('[{"item" 1}]', "a colon is expected here"),
        ('[{"item": 1 "truth": 2}]', "a comma or the end of the object or array is expected here"),
        ('[{"item": "a\nb"}]', "a line break or a tab stands within a text"),
        ('[{"item": "C:\\x"}]', "a backslash that is none of JSON's own"),
        ("[,]", "not readable as JSON: a value is expected here"),
    ],
)
def test_what_is_no_json_is_told_in_words_of_its_own(text: str, told: str) -> None:
    """And in none of a library's."""
    said = refusal(text)

    assert told in said
    assert not any(word in said for word in ("Expecting", "Invalid", "delimiter", "Traceback"))
