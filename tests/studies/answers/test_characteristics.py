"""What observers told of themselves is counted, of those who are analysed."""

import pytest

from studies.answers.characteristics import characteristics_of
from studies.design.lifecycle import close_study
from studies.report.build import build_report
from studies.report.sections.study.observers_flow import flow_section
from studies.sessions.start import start_session
from studies.sessions.steps import answer_questionnaire
from tests.studies.factories import answer_trials, make_open_study, make_pair_set

pytestmark = pytest.mark.django_db

QUESTIONS = "Years of practice: number 0-60\nSpecialty: dermatology | general practice | other"


def test_choices_are_counted_and_numbers_have_a_median() -> None:
    study = make_open_study(
        questionnaire=QUESTIONS, observers=5, n_perturbed=1, n_clean=1, pair_set=make_pair_set(n=4, size=4)
    )
    told = [{"q1": "3", "q2": "0"}, {"q1": "12", "q2": "0"}, {"q1": "5", "q2": "2"}, {}]
    for observer, given in zip(study.observers.order_by("pk"), told, strict=False):
        session = start_session(observer=observer)
        answer_questionnaire(session=session, given=given)
        answer_trials(session)
    study.refresh_from_db()
    study = close_study(study=study, by=study.owner)

    report = build_report(study)

    assert report.as_dict()["characteristics"] == [
        {"question": "Years of practice", "asked": 4, "answered": 3, "median": 5.0, "lowest": 3, "highest": 12},
        {
            "question": "Specialty",
            "asked": 4,
            "answered": 3,
            "counts": {"dermatology": 2, "general practice": 0, "other": 1},
        },
    ]
    (table,) = flow_section(report).tables
    assert table.rows == (
        ("Years of practice", "median 5 (3 to 12)", "3 of 4"),
        ("Specialty", "dermatology: 2, general practice: 0, other: 1", "3 of 4"),
    )


def test_only_those_who_are_analysed_count() -> None:
    study = make_open_study(questionnaire=QUESTIONS, observers=2, n_perturbed=1, n_clean=1)
    for observer in study.observers.all():
        answer_questionnaire(session=start_session(observer=observer), given={"q1": "7"})

    assert [told.asked for told in characteristics_of(study, ["Observer B"])] == [1, 1]
    assert characteristics_of(study, [])[0].as_dict()["median"] is None


def test_a_study_that_asks_nothing_has_none() -> None:
    assert characteristics_of(make_open_study(), ["Observer A"]) == ()
