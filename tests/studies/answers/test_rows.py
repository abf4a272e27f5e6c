"""Answers beside the truth, and their export."""

import csv
import io

import pytest

from perception.core.input_files.csv_table import read_csv
from studies.answers.rows import has_people, rows_of
from studies.design.invitations import invite_observers
from studies.exports.answer_columns import COLUMNS
from studies.exports.answers import answers_csv
from studies.exports.json_text import json_text
from studies.models import Session, Truth
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import answer_trials, make_open_study, make_session

pytestmark = pytest.mark.django_db


def test_every_answer_stands_beside_the_truth_of_its_stimulus() -> None:
    study = make_open_study(n_perturbed=3, n_clean=2)
    session = make_session(study)
    answer_trials(session, "perturbed")

    rows = rows_of(study, simulated=False)

    assert [row.position for row in rows] == [1, 2, 3, 4, 5]
    assert sum(row.truth == "perturbed" for row in rows) == 3
    for row in rows:
        truth = Truth.objects.select_related("pair__image").get(
            stimulus__study=study, stimulus__number=int(row.item[1:])
        )
        assert (row.truth, row.image) == (str(truth), truth.pair.image.name)
        assert row.strength == (4 if truth.perturbed else 0)


def test_sessions_that_are_not_finished_are_left_out() -> None:
    study = make_open_study(observers=3)
    finished, unfinished, withdrawn = (start_session(observer=observer) for observer in study.observers.order_by("pk"))
    answer_trials(finished)
    answer_trials(unfinished, count=4)
    answer_trials(withdrawn, count=4)
    withdraw(session=withdrawn)

    rows = rows_of(study, simulated=False)

    assert {row.observer for row in rows} == {"Observer A"}


def test_people_and_model_observers_are_never_mixed() -> None:
    study = make_open_study(observers=1)
    (model_observer,) = invite_observers(study=study, labels=["Model"], by=study.owner, simulated=True)
    for observer in study.observers.all():
        answer_trials(start_session(observer=observer))

    assert {row.observer for row in rows_of(study, simulated=False)} == {"Observer A"}
    assert {row.observer for row in rows_of(study, simulated=True)} == {model_observer.label}
    assert has_people(study)


def test_the_csv_holds_every_column_and_is_read_back() -> None:
    study = make_open_study()
    session = make_session(study)
    place = position_of(session)
    assert place.trial is not None
    record_answer(
        session=session,
        trial_token=place.trial.token,
        response="clean",
        rt_ms=640,
        display={"pixel_ratio": 2, "visible": 1, "focus_losses": 0},
    )
    answer_trials(session)

    text = answers_csv(rows_of(study, simulated=False))

    table = read_csv(text.encode(), source="answers.csv", required=[column.name for column in COLUMNS])
    assert len(table.rows) == 5
    first, second = (table.rows[index].cells for index in (0, 1))
    assert (first["rt_ms"], first["pixel_ratio"], first["shown_whole"]) == ("640", "2", "1")
    assert (second["rt_ms"], second["pixel_ratio"], second["shown_whole"]) == ("", "", "")


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_cells_that_a_spreadsheet_would_run_are_made_harmless(label: str) -> None:
    study = make_open_study(observers=0)
    (observer,) = invite_observers(study=study, labels=[label], by=study.owner)
    answer_trials(start_session(observer=observer))

    rows = list(csv.DictReader(io.StringIO(answers_csv(rows_of(study, simulated=False)))))

    assert {row["observer"] for row in rows} == {f"'{label}"}


def test_figures_that_are_not_numbers_never_reach_the_json() -> None:
    assert json_text({"estimate": None}) == '{\n  "estimate": null\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"estimate": float("nan")})


def test_no_session_no_rows() -> None:
    study = make_open_study()

    assert rows_of(study, simulated=False) == []
    assert not Session.objects.exists()
