"""The data dictionary: every column, in every format, with its privacy flags."""

import csv
import io
import json

from django.core.management import call_command

from perception.analysis.visibility.measures import MEASURES
from studies.exports.answer_columns import COLUMNS
from studies.exports.column import Kind
from studies.exports.dictionary import dictionary_csv, dictionary_json, dictionary_markdown

NAMES = [column.name for column in COLUMNS]


def test_every_format_holds_every_column() -> None:
    assert [entry["name"] for entry in json.loads(dictionary_json())] == NAMES
    assert [row["name"] for row in csv.DictReader(io.StringIO(dictionary_csv()))] == NAMES
    lines = dictionary_markdown().splitlines()[2:]
    assert [line.split(" | ")[0].removeprefix("| ").replace("\\", "") for line in lines] == NAMES


def test_every_column_is_described_and_every_word_explained() -> None:
    for column in COLUMNS:
        assert column.description
        assert all(column.levels.values())
        if column.kind is Kind.WORD:
            assert column.levels
        if column.unit:
            assert column.kind in {Kind.INTEGER, Kind.NUMBER}


def test_what_could_lead_to_a_person_or_tell_the_truth_is_flagged() -> None:
    entries = {entry["name"]: entry for entry in json.loads(dictionary_json())}

    persons = {name for name, entry in entries.items() if entry["identifies_person"]}
    truths = {name for name, entry in entries.items() if entry["tells_truth"]}

    assert persons == {"observer", "served_at", "answered_at"}
    assert truths == {"attack", "truth", "role", "strength", "side", "place_hit", "place_share", *MEASURES}


def test_the_command_prints_it() -> None:
    for word, text in (("markdown", dictionary_markdown()), ("csv", dictionary_csv()), ("json", dictionary_json())):
        out = io.StringIO()
        call_command("data_dictionary", format=word, stdout=out)
        assert out.getvalue() == text
