"""What observers told of themselves is counted, of those who are analysed."""

import pytest

from studies.answers.characteristics import characteristics_of
from studies.design.lifecycle import close_study
from studies.report.build import build_report
from studies.report.html import report_document
from studies.report.sections.contents import sections_of
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


def test_of_own_words_only_their_number_is_told_and_of_a_condition_whom_it_met() -> None:
    asked = (
        "Specialty: dermatology | other\nYears: number 0-60\nonly if Specialty = dermatology\n"
        "Tired?: scale 1-3 (not – very)\nRead: [ ] English [ ] French\nRemarks: text 300"
    )
    study = make_open_study(
        questionnaire=asked, observers=4, n_perturbed=1, n_clean=1, pair_set=make_pair_set(n=4, size=4)
    )
    told = [
        {"q1": "0", "q2": "7", "q3": "1", "q4-0": "1", "q4-1": "1", "q5": "Ask Dr Secret"},
        {"q1": "0", "q3": "3", "q4-1": "1"},
        {"q1": "1", "q2": "9", "q3": "3", "q5": "Ask Dr Secret too"},
        {},
    ]
    for observer, given in zip(study.observers.order_by("pk"), told, strict=True):
        session = start_session(observer=observer)
        answer_questionnaire(session=session, given=given)
        answer_trials(session)
    study.refresh_from_db()
    report = build_report(study)

    assert report.as_dict()["characteristics"][1:] == [
        {
            "question": "Years",
            "asked": 2,
            "answered": 1,
            "condition": "only if “Specialty” is dermatology",
            "median": 7.0,
            "lowest": 7,
            "highest": 7,
        },
        {
            "question": "Tired?",
            "asked": 4,
            "answered": 3,
            "median": 3.0,
            "lowest": 1,
            "highest": 3,
            "counts": {"1": 1, "2": 0, "3": 2},
        },
        {"question": "Read", "asked": 4, "answered": 2, "counts": {"English": 1, "French": 2}},
        {"question": "Remarks", "asked": 4, "answered": 2},
    ]
    (table,) = flow_section(report).tables
    assert table.rows[1:] == (
        ("Years (asked only if “Specialty” is dermatology)", "median 7 (7 to 7)", "1 of 2"),
        ("Tired?", "median 3 (1 to 3); 1: 1, 2: 0, 3: 2", "3 of 4"),
        ("Read", "English: 1, French: 2", "2 of 4"),
        ("Remarks", "in their own words, which no report repeats", "2 of 4"),
    )
    assert "Secret" not in report_document(report, sections_of(report)) + str(report.as_dict())


def test_only_those_who_are_analysed_count() -> None:
    study = make_open_study(questionnaire=QUESTIONS, observers=2, n_perturbed=1, n_clean=1)
    for observer in study.observers.all():
        answer_questionnaire(session=start_session(observer=observer), given={"q1": "7"})

    assert [told.asked for told in characteristics_of(study, ["Observer B"])] == [1, 1]
    assert characteristics_of(study, [])[0].as_dict()["median"] is None


def test_a_study_that_asks_nothing_has_none() -> None:
    assert characteristics_of(make_open_study(), ["Observer A"]) == ()
