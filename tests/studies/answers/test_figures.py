"""What a study's rows tell of strength, place and diagnosis reaches the figures."""

import pytest

from studies.answers.observations import observations_of
from studies.answers.rows import rows_of
from studies.design.lifecycle import close_study
from studies.report.build import build_report
from studies.sessions.start import start_session
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
)

pytestmark = pytest.mark.django_db


def test_two_strengths_have_a_curve_and_every_image_its_strength() -> None:
    weak = make_pair_set(n=20, size=4, strength=4)
    study = make_open_study(
        pair_set=weak,
        further_pair_sets=[make_pair_set_of_strength(weak, 16)],
        n_perturbed=12,
        n_clean=8,
        observers=3,
        margin=0.1,
    )
    for observer in study.observers.order_by("pk"):
        session = begin_trials(observer)
        for number in range(20):
            trial = position_of(session).trial
            assert trial is not None
            said = "perturbed" if number % 3 else "clean"
            assert record_answer(session=session, trial_token=trial.token, response=said, rt_ms=500 + 10 * number)
    study.refresh_from_db()
    rows = rows_of(study, simulated=False)

    figures = build_report(study).as_dict()

    points = figures["psychometric"]["pooled"]["points"]
    assert [point["strength"] for point in points] == [0, 4, 16]
    assert [point["n"] for point in points] == [
        sum(row.strength == strength for row in rows) for strength in (0, 4, 16)
    ]
    assert sum(point["k"] for point in points) == sum(row.response == "perturbed" for row in rows)
    strength_of = {row.item: row.strength for row in rows}
    assert {item["item"]: item["strength"] for item in figures["items"]["all"]} == strength_of
    assert set(figures["by_diagnosis"]) == {row.diagnosis for row in rows}
    # Of twenty trials the first seven, the next seven and the last six; right is one and the same thing for all.
    assert [third["n"] for third in figures["learning"]["pooled"]["thirds"]] == [21, 21, 18]
    assert sum(third["k"] for third in figures["learning"]["pooled"]["thirds"]) == sum(
        row.response == row.truth for row in rows
    )
    false_alarms = [row for row in rows if (row.truth, row.response) == ("clean", "perturbed")]
    assert figures["response_times"]["pooled"]["clean_wrong"]["n"] == len(false_alarms)
    assert figures["equivalence"]["margin"] == 0.1


def test_one_strength_has_no_curve() -> None:
    study = make_open_study()
    for observer in study.observers.all():
        answer_trials(start_session(observer=observer))
    study.refresh_from_db()

    assert build_report(study).as_dict()["psychometric"] is None


def test_no_finished_session_is_an_empty_table() -> None:
    study = make_open_study()
    close_study(study=study, by=study.owner)
    study.refresh_from_db()

    empty = observations_of(study, rows_of(study, simulated=False))

    assert (empty.items, empty.diagnosis) == ((), None)
    assert build_report(study).as_dict()["learning"] is None
