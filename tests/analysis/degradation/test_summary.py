"""The grades of a study: by strength, by image, with and without those whom the rule rejects, and what is claimed."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from perception.analysis.degradation.mean_grade import difference_of_means, mean_grade
from perception.analysis.degradation.summary import MeanGrade, summarise_degradation


def study(seed: int = 1) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Return grades of 12 observers: 10 images at either of two strengths, and 10 hidden references."""
    rng = np.random.default_rng(seed)
    strength = np.repeat([2.0, 8.0, np.nan], 10)
    mean = np.where(np.isnan(strength), 4.9, 5.2 - 0.2 * strength)
    grades = np.clip(np.round(mean + rng.normal(0, 0.4, (12, 30))), 1, 5)
    return grades, ~np.isnan(strength), strength


def test_each_strength_is_set_against_all_hidden_references() -> None:
    grades, perturbed, strength = study()
    found = summarise_degradation(
        grades, perturbed, observers=tuple("ABCDEFGHIJKL"), items=tuple(map(str, range(30))), strength=strength
    )

    assert list(found.strengths) == [2.0, 8.0]
    mean, difference = found.strengths[8.0]
    assert mean.these_observers == mean_grade(grades[:, 10:20])
    assert difference.these_observers == difference_of_means(grades[:, 10:20], grades[:, 20:])
    assert difference.observers_random == difference_of_means(
        grades[:, 10:20], grades[:, 20:], target="observers random"
    )
    assert sum(found.test.counts) == 240
    assert sum(found.hidden.counts) == 120
    assert found.strengths[2.0][0].these_observers.estimate > mean.these_observers.estimate  # type: ignore[operator]
    lowest = [image.dmos.estimate for image in found.images]
    assert lowest == sorted(lowest)  # type: ignore[type-var]
    assert {image.name for image in found.images} == set(map(str, range(20)))
    json.dumps(found.as_dict(), allow_nan=False)


def test_with_one_strength_there_is_no_table_of_strengths() -> None:
    grades, perturbed, _ = study()
    names = {"observers": tuple("ABCDEFGHIJKL"), "items": tuple(map(str, range(30)))}
    assert summarise_degradation(grades, perturbed, **names).strengths == {}  # type: ignore[arg-type]
    one = np.where(perturbed, 4.0, np.nan)
    assert summarise_degradation(grades, perturbed, strength=one, **names).strengths == {}  # type: ignore[arg-type]


def test_whom_the_rule_rejects_is_left_out_beside_the_main_figures() -> None:
    rng = np.random.default_rng(3)
    perturbed = np.arange(40) < 20
    grades = np.clip(np.round(rng.uniform(2, 4.5, 40) + rng.normal(0, 0.6, (18, 40))), 1, 5)
    grades[0] = rng.integers(1, 6, 40)
    found = summarise_degradation(
        grades, perturbed, observers=tuple(map(str, range(18))), items=tuple(map(str, range(40)))
    )

    assert found.rejected == ("0",)
    assert found.test.these_observers == mean_grade(grades[:, perturbed])
    assert found.without_rejected is not None
    kept = found.without_rejected[0].these_observers, mean_grade(grades[1:, perturbed])
    assert (kept[0].low, kept[0].estimate) == pytest.approx((kept[1].low, kept[1].estimate))
    less = found.without_rejected[1].these_observers, difference_of_means(grades[1:, perturbed], grades[1:, ~perturbed])
    assert (less[0].high, less[0].estimate) == pytest.approx((less[1].high, less[1].estimate))
    assert found.observers["0"].test == pytest.approx(grades[0, perturbed].mean())


@pytest.mark.parametrize(("share_of_fives", "claim"), [(0.99, "imperceptible"), (0.1, "perceptible"), (0.5, "open")])
def test_what_is_claimed_follows_from_the_90_percent_interval(share_of_fives: float, claim: str) -> None:
    rng = np.random.default_rng(1)
    grades = np.where(rng.random((8, 40)) < share_of_fives, 5.0, 4.0)
    found = MeanGrade.of(grades, level=0.95)
    assert found.claims == (claim, claim)
    ninety = mean_grade(grades, level=0.9)
    assert ninety.low is not None
    assert ninety.high is not None
    assert (ninety.low > 4.5) == (claim == "imperceptible")
    assert (ninety.high < 4.5) == (claim == "perceptible")


def test_of_too_few_nothing_is_claimed() -> None:
    assert MeanGrade.of(np.array([[5.0], [4.0]]), level=0.95).claims == (None, None)
    assert MeanGrade.of(np.full((2, 3), np.nan), level=0.95).these_observers.estimate is None
