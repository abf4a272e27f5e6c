"""The verdict by balanced accuracy, in words."""

import numpy as np
import pytest

from perception.analysis.answer_table import AnswerTable
from perception.analysis.detection.accuracy_verdict import accuracy_verdict
from perception.analysis.detection.choices_against_chance import share_right_against_chance
from perception.analysis.detection.equivalence import equivalence
from perception.analysis.estimates.crossed import crossed_proportion
from perception.analysis.observations import Task
from tests.analysis.written_json import written_json


def table(observers: int, images: int, share: float, *, choices: bool = False) -> AnswerTable:
    """Return a table in which every observer has the share right, each of other images."""
    truth = np.ones(images, dtype=bool) if choices else np.arange(images) % 2 == 0
    right = np.zeros((observers, images), dtype=bool)
    for row in range(observers):
        for kind in (True, False):
            places = np.flatnonzero(truth == kind)
            right[row, np.roll(places, 3 * row)[: round(share * len(places))]] = True
    responses = (right == truth).astype(np.int8)
    return AnswerTable(tuple("ABCDEFGH"[:observers]), tuple(map(str, range(images))), truth, responses)


@pytest.mark.parametrize(
    ("share", "margin", "begins"),
    [
        (0.5, 0.1, "Undetectable within 10 percentage points of chance for these observers: "),
        (0.5, 0.01, "Not shown to be undetectable within 1 percentage point of chance for these observers: "),
        (0.8, 0.1, "Detected for these observers: the balanced accuracy is 80.0%"),
        (0.2, 0.1, "Not at chance for these observers: the balanced accuracy is 20.0%"),
        (0.6, 0.1, "Noticed more often than chance for these observers: the balanced accuracy is 60.0%"),
        (1.0, 0.1, "Whether the change is undetectable within 10 percentage points cannot be told for these"),
    ],
)
def test_the_verdict_says_what_the_interval_shows(share: float, margin: float, begins: str) -> None:
    found = accuracy_verdict(table(2, 200, share), "yes_no", margin=margin)

    assert found.in_words.startswith(begins)
    assert found.in_words.endswith("What other observers would see takes at least 3 observers.")


def test_it_is_the_test_of_equivalence() -> None:
    answers = table(4, 100, 0.5)

    found = accuracy_verdict(answers, "same_different", margin=0.15)

    assert found.these_observers == equivalence(answers, margin=0.15)
    assert found.observers_random == equivalence(answers, margin=0.15, observers_random=True)
    assert written_json(found)["these_observers"]["undetectable"] is True
    assert "for observers like these" in found.in_words


def test_choices_are_compared_by_the_share_right() -> None:
    answers = table(3, 100, 0.5, choices=True)

    found = accuracy_verdict(answers, "two_afc", margin=0.2)

    assert found.as_dict()["measure"] == "share of right choices"
    assert found.these_observers.balanced_accuracy.k == 150
    assert found.observers_random is not None
    assert found.observers_random.undetectable is True


def test_choices_with_observers_random_have_the_variance_of_a_crossed_share() -> None:
    generator = np.random.default_rng(1)
    right = generator.random((5, 40)) < generator.uniform(0.3, 0.9, (5, 1))
    given = np.ones_like(right)

    accuracy = share_right_against_chance(right, given, observers_random=True, level=0.95)

    # Wilson's interval has the same variance and t: its width gives them back.
    p = float(right.mean())
    crossed = crossed_proportion(right, given, level=0.95)
    assert crossed.low is not None
    assert accuracy.standard_error is not None
    assert accuracy.estimate.low is not None
    critical = (p - accuracy.estimate.low) / accuracy.standard_error
    assert (p - crossed.low) / np.sqrt(crossed.low * (1 - crossed.low)) == pytest.approx(
        critical * accuracy.standard_error / np.sqrt(p * (1 - p)), rel=1e-9
    )


@pytest.mark.parametrize("task", ["yes_no", "two_afc"])
def test_no_answer_has_no_verdict(task: Task) -> None:
    empty = AnswerTable((), (), np.zeros(0, dtype=bool), np.zeros((0, 0), dtype=np.int8))

    found = accuracy_verdict(empty, task, margin=0.05)

    assert found.these_observers.undetectable is None
    assert "cannot be told" in found.in_words


def test_margins_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="a margin lies between 0 and ½"):
        accuracy_verdict(table(2, 20, 0.5), "yes_no", margin=0.5)
