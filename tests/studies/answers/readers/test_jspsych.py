"""Data of jsPsych: as its documentation describes what it writes, trials of every kind among them."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from perception.core.input_files.errors import InputError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import Reading, read_files
from studies.answers.readers.words import parse_words

KEYS = ReadingOptions(words=parse_words("y=perturbed,n=clean"))
SAID = [("img/1.png", "y", "y", 812.4), ("img/2.png", "n", "y", 530), ("img/3.png", "y", None, None)]


def trials(subject: str | None = "s1") -> list[dict[str, Any]]:
    """Return one person's data as jsPsych 8 writes it: instructions, a cross before each image, a survey."""
    shared = {} if subject is None else {"subject": subject}
    kinds: list[dict[str, Any]] = [
        {"trial_type": "preload", "success": True, "failed_images": []},
        {"trial_type": "instructions", "view_history": [{"page_index": 0, "viewing_time": 1200}], "rt": 1200},
    ]
    for stimulus, truth, response, rt in SAID:
        kinds.append({"trial_type": "html-keyboard-response", "stimulus": "<p>+</p>", "response": None, "rt": None})
        kinds.append(
            {
                "trial_type": "image-keyboard-response",
                "stimulus": stimulus,
                "correct_response": truth,
                "response": response,
                "rt": rt,
                "correct": truth == response,
            }
        )
    kinds.append({"trial_type": "survey-text", "response": {"Q0": "none, thanks"}, "rt": 3000})
    return [{**kind, "trial_index": index, "time_elapsed": 1000 * index, **shared} for index, kind in enumerate(kinds)]


def slower(data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the same answers of another person, who took a millisecond more for each."""
    return [{**trial, "rt": trial["rt"] + 1} if trial.get("rt") else trial for trial in data]


def jspsych_csv(data: list[dict[str, Any]]) -> str:
    """Return trials as jsPsych's own CSV: quoted, null as `null`, objects as JSON, nothing where there is no value."""
    names = list(dict.fromkeys(name for trial in data for name in trial))
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    for trial in data:
        values = [trial.get(name, "") for name in names]
        writer.writerow([value if isinstance(value, str) else json.dumps(value) for value in values])
    return out.getvalue()


def read(*texts: str, options: ReadingOptions = KEYS) -> Reading:
    return read_files([(text.encode(), f"data/sub-{number}.json") for number, text in enumerate(texts, 1)], options)


@pytest.mark.parametrize("written", [json.dumps(trials()), json.dumps(trials(), indent=2), jspsych_csv(trials())])
def test_trials_with_an_answer_are_read_and_the_others_counted(written: str) -> None:
    reading = read(written)

    observations = reading.observations
    assert (observations.observers, observations.items) == (("s1",), ("img/1.png", "img/2.png", "img/3.png"))
    assert observations.truth.tolist() == [True, False, True]
    assert observations.response.tolist() == [1, 1, -1]
    assert observations.rt_ms is not None
    assert np.array_equal(observations.rt_ms, [812.4, 530, np.nan], equal_nan=True)
    assert reading.notes == (
        "data/sub-1.json: 6 of 9 trials hold no answer and are skipped (html-keyboard-response 3, preload 1, "
        "instructions 1, survey-text 1)",
    )


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(trials("s1") + trials("s2")),
        json.dumps([trials("s1"), trials("s2")]),
        json.dumps(trials("s1")) + "\n" + json.dumps(trials("s2")) + "\n",
        json.dumps({"id": 1, "trials": trials("s1")}) + "\n" + json.dumps({"id": 2, "trials": trials("s2")}),
        jspsych_csv(trials("s1") + trials("s2")),
    ],
)
def test_several_people_in_one_file(text: str) -> None:
    observations = read(text).observations

    assert observations.observers == ("s1", "s2")
    assert observations.observer.tolist() == [0, 0, 0, 1, 1, 1]


def test_people_who_are_not_named_are_called_after_their_files() -> None:
    several = read(json.dumps(trials(None)), jspsych_csv(trials(None)))
    one = read(json.dumps([trials(None), slower(trials(None))]))

    assert several.observations.observers == ("sub-1", "sub-2")
    assert one.observations.observers == ("sub-1 1", "sub-1 2")


def test_files_of_one_name_in_two_folders_are_two_people() -> None:
    text, other = json.dumps(trials(None)).encode(), json.dumps(slower(trials(None))).encode()

    reading = read_files([(text, "a/data.json"), (other, "b/data.json")], KEYS)

    assert reading.observations.observers == ("a/data.json", "b/data.json")


def test_buttons_have_numbers_that_mean_something_else_than_those_of_the_truth() -> None:
    data = [
        {
            "trial_type": "image-button-response",
            "trial_index": 0,
            "subject": 1,
            "stimulus": "a",
            "truth": 1,
            "response": 0,
        },
        {
            "trial_type": "image-button-response",
            "trial_index": 1,
            "subject": 1,
            "stimulus": "b",
            "truth": 0,
            "response": 1,
        },
    ]
    words = "truth:1=perturbed,truth:0=clean,response:0=perturbed,response:1=clean"

    observations = read(json.dumps(data), options=ReadingOptions(words=parse_words(words))).observations

    assert observations.truth.tolist() == [True, False]
    assert observations.response.tolist() == [1, 0]


@pytest.mark.parametrize("write", [json.dumps, jspsych_csv])
def test_a_part_of_nested_data_is_named_by_its_path(write: Any) -> None:
    data = [
        {
            "trial_type": "survey-multi-choice",
            "trial_index": 0,
            "stimulus": "a",
            "subject": "s1",
            "key": {"label": "perturbed"},
            "response": {"Q0": "clean", "Q1": ["x"]},
        }
    ]
    options = ReadingOptions(names={"truth": "key.label", "response": "response.Q0"})

    observations = read(write(data), options=options).observations

    assert (observations.truth.tolist(), observations.response.tolist()) == ([True], [0])
    with pytest.raises(InputError, match=r"named by its part, for example: --response-column response\.Q0"):
        read(write(data), options=ReadingOptions(names={"truth": "key.label"}))


def test_other_words_are_listed_with_what_to_type() -> None:
    with pytest.raises(InputError) as caught:
        read(json.dumps(trials()), options=ReadingOptions())

    assert str(caught.value).splitlines() == [
        "data/sub-1.json, line 1, entry 4, column correct_response: 'y' is neither perturbed nor clean (2 rows)",
        "data/sub-1.json, line 1, entry 4, column response: 'y' is neither perturbed nor clean, nor empty (2 rows)",
        "data/sub-1.json, line 1, entry 6, column correct_response: 'n' is neither perturbed nor clean",
        "Words that are not known, in truth: 'y', 'n'; in response: 'y'. If they mean what they seem to, add: "
        "--words y=perturbed,n=clean",
    ]


@pytest.mark.parametrize("write", [json.dumps, jspsych_csv])
def test_a_file_without_truths_says_so_and_one_without_any_answer_too(write: Any) -> None:
    without = [{name: value for name, value in trial.items() if name != "correct_response"} for trial in trials()]

    with pytest.raises(InputError, match=r"no column truth; .* If they have other names, add: --truth-column NAME"):
        read(write(without))
    with pytest.raises(InputError, match="none of its 4 trials holds an item, a truth and a response"):
        read(write([*trials()[:3], trials()[3] | {"stimulus": ""}]))


def test_truths_that_the_browser_did_not_hold_come_from_a_file() -> None:
    without = [
        {name: value for name, value in trial.items() if name != "correct_response"}
        for trial in trials()
        if trial["trial_type"] == "image-keyboard-response"
    ]
    key = {"img/1.png": "perturbed", "img/2.png": "clean", "img/3.png": "perturbed"}
    options = ReadingOptions(words=KEYS.words, truths=key, truths_source="key.csv")

    assert read(json.dumps(without), options=options).observations.truth.tolist() == [True, False, True]


@pytest.mark.parametrize("write", [json.dumps, jspsych_csv])
def test_one_of_several_blocks_may_be_read_alone(write: Any) -> None:
    """Practice on the same images is the same observer and the same items: both blocks together are refused."""
    data = [{**trial, "block": block} for block in ("practice run", "main") for trial in trials()]
    with pytest.raises(InputError, match=r"column stimulus: s1 has judged the item img/1\.png in (line|entry)"):
        read(write(data))

    reading = read(write(data), options=replace(KEYS, only=("Block", frozenset({"main"}))))

    assert len(reading.observations.observer) == 3
    assert "3 answers have another Block and are not read" in reading.notes
    with pytest.raises(InputError, match="column block: no answer has second there, but practice run, main"):
        read(write(data), options=replace(KEYS, only=("block", frozenset({"second"}))))
    with pytest.raises(InputError, match="no column part, of which --only asks for 1"):
        read(write(data), options=replace(KEYS, only=("part", frozenset({"1"}))))
