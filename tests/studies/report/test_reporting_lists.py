"""The reporting lists: every item with its number, an answer or what is to be filled in."""

import pytest

from studies.models import Study
from studies.report.build import build_report
from studies.report.methods.grras import GRRAS
from studies.report.methods.reporting_list import NOT_RECORDED, ReportingItem, ReportingList
from studies.report.methods.stard import STARD
from studies.report.sections.contents import sections_of
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import simulated_study, with_everything
from tests.studies.report.conftest import AnsweredStudies

pytestmark = pytest.mark.django_db

LISTS = (STARD, GRRAS)


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


def test_what_the_study_does_not_know_is_not_recorded(answered: AnsweredStudies) -> None:
    items = items_of(STARD, answered.simulated("yes_no"))

    for number in ("2", "3", "20", "25", "26", "27", "28", "30"):
        assert not items[number].is_recorded
    for number in ("5", "10a", "10b", "14", "16", "19", "23", "24"):
        assert NOT_RECORDED.lower() not in items[number].answer.lower()


def test_what_the_study_knows_is_told() -> None:
    study = with_everything("yes_no", questionnaire="Years of practice: number 0-60")

    stard = {number: item.answer for number, item in items_of(STARD, study).items()}
    assert "“Years of practice”" in stard["20"]
    assert study.protocol_sha256 in stard["29"]
    assert "3 invited, 3 began, 3 finished, 3 analysed" in stard["19"]
    assert "strength 4 of 255 levels" in stard["10b"]
    grras = {number: item.answer for number, item in items_of(GRRAS, study).items()}
    assert "“Years of practice”" in grras["12"]
    assert "3 observers invited" in grras["6"]
    assert "Fleiss’ kappa" in grras["13"]
    assert "Cohen’s kappa of each two observers" in grras["10"]


def test_that_a_model_answered_is_not_told_as_people(answered: AnsweredStudies) -> None:
    study = answered.simulated("yes_no")
    grras, stard = items_of(GRRAS, study), items_of(STARD, study)

    assert grras["4"].answer == "A model of an observer answered; no person did."
    for item in (grras["7"], stard["6"], stard["7"], stard["9"]):
        assert "Observers: a model of an observer, no people." in item.answer
        assert "invit" not in item.answer


@pytest.mark.parametrize(("observers", "expected"), [(1, ["stard"]), (2, ["stard", "grras"])])
def test_a_list_of_agreement_stands_where_there_are_two_observers(observers: int, expected: list[str]) -> None:
    sections = sections_of(build_report(simulated_study("yes_no", observers=observers)))

    assert [section.key for section in sections if section.key in ("stard", "grras")] == expected
