"""Any table of answers gives the same figures in every format, separator, line end, encoding and order of columns."""

import csv
import io
import json
import random
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.analysis.study_summary import summarise_study
from perception.core.input_files.spreadsheet_cell import escape_formula
from studies.answers.readers.long_table import THOUSANDS
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import UNSEEN, read_files
from studies.answers.readers.words import NOTHING, parse_words

pytestmark = pytest.mark.usefixtures("way_of_reading")

COLUMNS = ("observer", "item", "truth", "response", "rating", "rt_ms")
TO_OTHER = {"perturbed": "y", "clean": "n", "": "", None: None}
OTHER_WORDS = ReadingOptions(words=parse_words("y=perturbed,n=clean"))

Answer = dict[str, Any]


def is_a_name(text: str) -> bool:
    """Whether a cell holds this text as it is: no blanks around it, letters composed, a meaning."""
    plain = unicodedata.normalize("NFC", text).strip(UNSEEN).strip()
    return plain == text and text.casefold() not in NOTHING


def is_one_number(ms: float) -> bool:
    """Whether no program reads another number in it: between semicolons, 1.812 may be 1812."""
    return not THOUSANDS.fullmatch(str(ms))


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6).filter(
    is_a_name
)


@dataclass(frozen=True)
class Table:
    """Answers, an observer's to an image each, images one after the other, and where chance comes from."""

    observers: list[str]
    items: list[str]
    truths: list[str]
    answers: list[Answer]
    chance: random.Random


@st.composite
def tables(draw: st.DrawFn) -> Table:
    observers = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    items = draw(st.lists(NAMES, min_size=1, max_size=8, unique=True))
    truths = draw(st.lists(st.sampled_from(["perturbed", "clean"]), min_size=len(items), max_size=len(items)))
    answers = [
        {
            "observer": observer,
            "item": item,
            "truth": truth,
            "response": draw(st.sampled_from(["perturbed", "clean", None])),
            "rating": draw(st.integers(1, 6) | st.none()),
            "rt_ms": draw(st.integers(0, 10**6) | st.floats(0, 1e6).filter(is_one_number) | st.none()),
        }
        for item, truth in zip(items, truths, strict=True)
        for observer in observers
    ]
    return Table(observers, items, truths, answers, draw(st.randoms(use_true_random=False)))


def figures(*texts: bytes | str, options: ReadingOptions | None = None) -> dict[str, Any]:
    files = [(text if isinstance(text, bytes) else text.encode(), f"{number}.txt") for number, text in enumerate(texts)]
    # A wide table cannot say of an empty cell whether it was asked: where most are empty, it would be told otherwise.
    options = replace(options or ReadingOptions(), design="crossed")
    return summarise_study(read_files(files, options).observations).as_dict()


def as_csv(rows: list[Answer], names: list[str], **dialect: Any) -> str:
    out = io.StringIO()
    writer = csv.writer(out, **dialect)
    writer.writerow(names)
    for row in rows:
        writer.writerow([escape_formula(str("" if row.get(name) is None else row[name])) for name in names])
    return out.getvalue()


def long_csv(table: Table) -> str:
    return as_csv(table.answers, list(COLUMNS))


@settings(max_examples=25, deadline=None)
@given(
    tables(), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8-sig", "utf-16"])
)
def test_separators_line_ends_encodings_and_columns(table: Table, separator: str, end: str, encoding: str) -> None:
    names = [*COLUMNS, "note", "other"]
    table.chance.shuffle(names)
    rows = [{**answer, "note": table.chance.choice(["", "hm; so, so", 'a "b"', "x\ny"])} for answer in table.answers]
    # Python quotes those line ends alone that the file itself has.
    quoting = csv.QUOTE_ALL if end != "\r\n" else table.chance.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
    text = as_csv(rows, names, delimiter=separator, lineterminator=end, quoting=quoting)

    assert figures(text.encode(encoding)) == figures(long_csv(table))


@settings(max_examples=25, deadline=None)
@given(tables(), st.sampled_from([None, 2]))
def test_json(table: Table, indent: int | None) -> None:
    text = json.dumps(table.answers, indent=indent, ensure_ascii=table.chance.random() < 0.5)
    lines = "\n".join(map(json.dumps, table.answers))

    assert figures(text) == figures(lines) == figures(long_csv(table))


@settings(max_examples=25, deadline=None)
@given(tables())
def test_jspsych_as_json_and_as_csv_in_one_file_and_in_several(table: Table) -> None:
    trials: list[Answer] = []
    for answer in table.answers:
        other = {"trial_type": "html-keyboard-response", "stimulus": "<p>+</p>", "response": None, "rt": None}
        trial = {
            "trial_type": "image-keyboard-response",
            "stimulus": answer["item"],
            "correct_response": TO_OTHER[answer["truth"]],
            "response": TO_OTHER[answer["response"]],
            "rt": answer["rt_ms"],
        }
        if answer["rating"] is not None:
            trial["rating"] = answer["rating"]
        trials += [{**one, "trial_index": 0, "subject": answer["observer"]} for one in (other, trial)]
    names = list(dict.fromkeys(name for trial in trials for name in trial))
    as_jspsych_csv = as_csv(
        [{name: "null" if value is None else value for name, value in trial.items()} for trial in trials],
        names,
        quoting=csv.QUOTE_ALL,
    )
    cut = table.chance.randrange(len(trials) + 1)
    parts = [
        json.dumps(part) for part in (trials[:cut], trials[cut:]) if any("correct_response" in one for one in part)
    ]

    expected = figures(long_csv(table))
    assert figures(json.dumps(trials), options=OTHER_WORDS) == expected
    assert figures(as_jspsych_csv, options=OTHER_WORDS) == expected
    assert figures(*parts, options=OTHER_WORDS) == expected


@settings(max_examples=25, deadline=None)
@given(tables(), st.booleans())
def test_wide(table: Table, with_truths: bool) -> None:
    """A wide table holds neither ratings nor times."""
    names = {observer: f"observer_{number}" for number, observer in enumerate(table.observers)}
    plain = [
        {name: answer[name] for name in ("item", "truth", "response")} | {"observer": names[answer["observer"]][9:]}
        for answer in table.answers
    ]
    rows: list[Answer] = [
        {"image": item, "truth_perturbed": int(truth == "perturbed"), "lesion": "l"}
        for item, truth in zip(table.items, table.truths, strict=True)
    ]
    for place, answer in enumerate(table.answers):
        said = answer["response"]
        word = said if with_truths else {"perturbed": 1, "clean": 0, None: "NA"}[said]
        rows[place // len(table.observers)][names[answer["observer"]]] = word
    options = ReadingOptions()
    if with_truths:
        options = ReadingOptions(truths=dict(zip(table.items, table.truths, strict=True)), truths_source="key.csv")

    text = as_csv(rows, ["lesion", "truth_perturbed", *names.values(), "image"], delimiter=";")

    assert figures(text, options=options) == figures(as_csv(plain, ["observer", "item", "truth", "response"]))


@settings(max_examples=25, deadline=None)
@given(tables())
def test_the_order_of_rows_and_rows_that_are_not_there_change_nothing(table: Table) -> None:
    """A missing answer may be an empty cell, or no row at all, as long as somebody has a row of that image."""
    expected = figures(long_csv(table))
    first = {name: number for number, name in enumerate(table.observers)}
    by_observer = sorted(table.answers, key=lambda answer: first[answer["observer"]])
    seen = {"observer": set[str](), "item": set[str]()}
    kept = []
    for answer in by_observer:
        new = any(answer[name] not in names for name, names in seen.items())
        if new or any(answer[name] is not None for name in ("response", "rating", "rt_ms")):
            kept.append(answer)
            for name, names in seen.items():
                names.add(answer[name])

    assert figures(as_csv(kept, list(COLUMNS))) == expected
