"""Files in which observers judged items twice: told by the column `showing`, an error without it."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from perception.core.input_files.errors import InputError
from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import read_files
from studies.answers.rows import rows_of
from studies.exports.answers import answers_csv, answers_json
from studies.report.build import build_report
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import simulated_study

HEADER = "observer,item,truth,response,showing\n"
ROWS = [
    "A,x,perturbed,perturbed,1",
    "A,y,clean,clean,1",
    "A,x,perturbed,clean,2",
    "B,x,perturbed,clean,",
    "B,y,clean,clean,1",
    "B,y,clean,clean,2",
]


def read(*rows: str, header: str = HEADER):  # type: ignore[no-untyped-def]
    return read_files([((header + "\n".join(rows)).encode(), "a.csv")], ReadingOptions())


def test_first_answers_are_the_observations_and_both_are_side_by_side() -> None:
    reading = read(*ROWS)

    assert len(reading.observations.item) == 4
    assert reading.observations.response.tolist() == [1, 0, 0, 0]
    repeated = reading.repeated
    assert repeated is not None
    assert repeated.observers == ("A", "B")
    assert (repeated.first.tolist(), repeated.second.tolist()) == ([1, 0], [0, 0])
    assert (repeated.truth.tolist(), repeated.n_asked) == ([True, False], 2)
    assert reading.notes[0].startswith("2 of 6 answers are to a second showing")


def test_without_the_column_an_item_judged_twice_is_an_error() -> None:
    with pytest.raises(InputError, match="A has judged the item x in line 2"):
        read(*(row.rpartition(",")[0] for row in ROWS), header="observer,item,truth,response\n")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*ROWS, "B,x,perturbed,clean,3"], "line 8.*'3' is none of 1 and 2"),
        ([row for row in ROWS if row.endswith("2")], "the first ones are missing"),
        ([*ROWS, "A,x,perturbed,clean,2"], "A has judged the item x"),
        ([*ROWS, "A,x,perturbed,clean,1"], "A has judged the item x"),
    ],
)
def test_what_the_column_cannot_say_is_refused(rows: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(*rows)


def test_a_showing_that_was_left_out_has_no_pair() -> None:
    header = "observer,item,truth,response,showing,left_out\n"
    rows = [f"{row}," for row in ROWS]
    rows[2] += "too fast"
    repeated = read(*rows, header=header).repeated
    assert repeated is not None
    assert (repeated.observers, repeated.n_asked) == (("B",), 2)
    rows[5] += "too fast"
    repeated = read(*rows, header=header).repeated
    assert repeated is not None
    assert (repeated.observers, repeated.n_asked) == ((), 2)


@pytest.mark.django_db
@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_the_exports_give_the_reports_agreement_within_observers_again(trial_type: str, tmp_path: Path) -> None:
    study = simulated_study(trial_type, n_repeated=4)
    report = build_report(study).as_dict()
    rows = rows_of(study, simulated=True)
    for name, text in (("answers.csv", answers_csv(rows)), ("answers.json", answers_json(rows))):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        out = io.StringIO()

        call_command(
            "analyse", str(path), "--format", "json", "--margin", str(study.margin), stdout=out, stderr=io.StringIO()
        )

        again = json.loads(out.getvalue())
        assert again["within_observers"]["n_pairs"] == 12
        assert again == {key: report[key] for key in again}
