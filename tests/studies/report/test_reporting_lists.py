"""The reporting lists: every item with its number, an answer or what is to be filled in."""

from dataclasses import replace

import pytest

from studies.models import Study
from studies.report.build import build_report
from studies.report.methods.claim import CLAIM
from studies.report.methods.grras import GRRAS
from studies.report.methods.reporting_list import NOT_RECORDED, ReportingItem, ReportingList
from studies.report.methods.stard import STARD
from studies.report.methods.stard_ai import STARD_AI
from studies.report.sections.contents import sections_of
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import simulated_study, with_everything
from tests.studies.report.conftest import AnsweredStudies

pytestmark = pytest.mark.django_db

LISTS = (STARD, GRRAS, STARD_AI, CLAIM)


def items_of(reporting_list: ReportingList, study: Study) -> dict[str, ReportingItem]:
    return {item.number: item for item in reporting_list.answered_by(build_report(study))}


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_every_item_of_every_list_is_answered_or_to_be_filled_in(trial_type: str, answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated(trial_type))

    for reporting_list in LISTS:
        for item in reporting_list.answered_by(report):
            assert item.asks
            assert item.answer.endswith("."), item
            if not item.is_recorded:
                assert item.answer.startswith(f"{NOT_RECORDED}; to fill in: "), item


def test_all_thirty_items_of_stard_are_there_in_their_order() -> None:
    numbers = [question.number for question in STARD.questions]

    assert sorted({int(number.rstrip("ab")) for number in numbers}) == list(range(1, 31))
    assert [number for number in numbers if number.endswith(("a", "b"))] == [
        f"{number}{part}" for number in (10, 12, 13, 21) for part in "ab"
    ]
    assert [int(number.rstrip("ab")) for number in numbers] == sorted(int(number.rstrip("ab")) for number in numbers)


def test_all_fifteen_items_of_grras_are_there_in_their_order() -> None:
    assert [question.number for question in GRRAS.questions] == [str(number) for number in range(1, 16)]


def test_all_44_items_of_claim_are_there_in_their_order() -> None:
    assert [question.number for question in CLAIM.questions] == [str(number) for number in range(1, 45)]


def test_all_forty_items_of_stard_ai_are_there_with_their_parts() -> None:
    parts = {15: "abcd", 16: "abc", 17: "ab", 26: "ab", 40: "ab"}

    assert [question.number for question in STARD_AI.questions] == [
        f"{number}{part}" for number in range(1, 41) for part in parts.get(number, [""])
    ]


@pytest.mark.parametrize("reporting_list", LISTS, ids=lambda reporting_list: reporting_list.key)
def test_no_two_items_of_a_list_ask_for_the_same(reporting_list: ReportingList) -> None:
    asked = [(question.section, question.asks) for question in reporting_list.questions]

    assert len(set(asked)) == len(asked)


def test_what_the_study_does_not_know_is_not_recorded(answered: AnsweredStudies) -> None:
    report = replace(build_report(answered.simulated("yes_no")), simulated=False)  # as if people had answered
    items = {item.number: item for item in STARD.answered_by(report)}

    for number in ("2", "3", "20", "25", "26", "27", "28", "30"):
        assert not items[number].is_recorded
    for number in ("5", "10a", "10b", "14", "16", "19", "23", "24"):
        assert NOT_RECORDED.lower() not in items[number].answer.lower()


def test_what_the_study_knows_is_told() -> None:
    study = with_everything("yes_no", questionnaire="Years of practice: number 0-60")
    report = replace(build_report(study), simulated=False)  # as if people had answered

    stard = {item.number: item.answer for item in STARD.answered_by(report)}
    assert "“Years of practice”" in stard["20"]
    assert study.protocol_sha256 in stard["29"]
    assert "3 invited, 3 began, 3 finished, 3 analysed" in stard["19"]
    assert "strength 4 of 255 levels" in stard["10b"]
    grras = {item.number: item.answer for item in GRRAS.answered_by(report)}
    assert "“Years of practice”" in grras["12"]
    assert "3 observers invited" in grras["6"]
    assert "Fleiss’ kappa" in grras["13"]
    assert "Cohen’s kappa of each two observers" in grras["10"]
    for saw in (stard["13a"], grras["8"]):
        assert "Observers saw the image alone" in saw
        assert "feedback in practice alone" in saw
    assert "in their own browser" in stard["8"]
    assert "spoke with one another" in grras["9"]


@pytest.mark.parametrize(
    ("trial_type", "fields", "told"),
    [
        ("yes_no", {}, "the image alone: no name, no history, no diagnosis, no sign of the truth; no feedback."),
        ("two_afc", {}, "the two images alone"),
        ("yes_no", {"n_practice": 3}, "; feedback in practice alone."),
        ("yes_no", {"shows_score": True}, "; no feedback; their score at the end."),
    ],
)
def test_what_observers_saw_and_were_told_follows_the_protocol(
    trial_type: str, fields: dict[str, int], told: str, answered: AnsweredStudies
) -> None:
    report = replace(build_report(answered.simulated(trial_type)), simulated=False)
    for name, value in fields.items():
        setattr(report.study, name, value)

    assert told in {item.number: item.answer for item in STARD.answered_by(report)}["13a"]


def test_that_a_model_answered_is_not_told_as_people(answered: AnsweredStudies) -> None:
    study = answered.simulated("yes_no")
    grras, stard = items_of(GRRAS, study), items_of(STARD, study)

    assert grras["4"].answer == "A model of an observer answered; no person did."
    for item in (stard["13a"], grras["8"]):
        assert "Nobody saw an image" in item.answer
        assert "Observers saw" not in item.answer
    assert "browser" not in stard["8"].answer
    assert grras["6"].answer.startswith("3 simulated observers; ")
    assert "spoke" not in grras["9"].answer
    assert "no people" in stard["20"].answer
    for item in (grras["7"], stard["6"], stard["7"], stard["9"]):
        assert "Observers: a model of an observer, no people." in item.answer
        assert "invit" not in item.answer


@pytest.mark.parametrize(
    ("observers", "expected"),
    [(1, ["stard", "stard-ai", "claim"]), (2, ["stard", "grras", "stard-ai", "claim"])],
)
def test_a_list_of_agreement_stands_where_there_are_two_observers(observers: int, expected: list[str]) -> None:
    sections = sections_of(build_report(simulated_study("yes_no", observers=observers)))

    assert [section.key for section in sections if section.folded] == expected
