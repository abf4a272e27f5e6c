"""The STARD checklist: every item with its number, an answer or plainly none."""

import pytest

from studies.report.build import build_report
from studies.report.methods.stard import NOT_RECORDED, stard_of
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import with_everything
from tests.studies.report.conftest import AnsweredStudies

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_all_thirty_items_are_there_in_their_order(trial_type: str, answered: AnsweredStudies) -> None:
    items = stard_of(build_report(answered.simulated(trial_type)))

    numbers = [item.number for item in items]
    assert sorted({int(number.rstrip("ab")) for number in numbers}) == list(range(1, 31))
    assert [number for number in numbers if number.endswith(("a", "b"))] == [
        f"{number}{part}" for number in (10, 12, 13, 21) for part in "ab"
    ]
    assert [int(number.rstrip("ab")) for number in numbers] == sorted(int(number.rstrip("ab")) for number in numbers)
    assert all(item.answer and item.asks for item in items)


def test_what_the_study_does_not_know_is_not_recorded(answered: AnsweredStudies) -> None:
    items = {item.number: item for item in stard_of(build_report(answered.simulated("yes_no")))}

    for number in ("2", "3", "20", "25", "26", "27", "28", "30"):
        assert items[number].answer.startswith(NOT_RECORDED)
        assert not items[number].is_recorded
    for number in ("5", "10a", "10b", "14", "16", "19", "23", "24"):
        assert NOT_RECORDED.lower() not in items[number].answer.lower()


def test_what_the_study_knows_is_told() -> None:
    study = with_everything("yes_no", questionnaire="Years of practice: number 0-60")

    items = {item.number: item.answer for item in stard_of(build_report(study))}

    assert "“Years of practice”" in items["20"]
    assert study.protocol_sha256 in items["29"]
    assert "3 invited, 3 began, 3 finished, 3 analysed" in items["19"]
    assert "strength 4 of 255 levels" in items["10b"]
