"""Areas of several observers: DeLong's covariances where all rated everything, and subsets where they did not."""

from math import sqrt

import numpy as np
import pytest

from perception.analysis.ratings.multireader import mean_area
from perception.analysis.ratings.roc import auc, placements
from perception.analysis.ratings.summary import (
    NO_NARROWER,
    mean_area_of_others,
    mean_area_of_these,
    summarise_ratings,
)

Z = 1.959964


def ratings(observers: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    truth = np.array([True] * 30 + [False] * 20)
    impression = generator.normal(size=50) + generator.normal(size=(observers, 50)) + 0.8 * truth
    return truth, np.clip(np.round(impression + 3), 1, 6)


def test_the_mean_area_has_the_variance_of_the_mean_of_delongs_covariances() -> None:
    truth, rated = ratings(4)
    placed = [placements(row[truth], row[~truth]) for row in rated]
    covariances = np.cov([one.perturbed for one in placed]) / 30 + np.cov([one.clean for one in placed]) / 20

    result = mean_area_of_these(truth, rated)

    assert result.low is not None
    assert result.estimate == pytest.approx(np.mean([auc(truth, row).estimate for row in rated]))
    assert (result.estimate or 0) - result.low == pytest.approx(Z * sqrt(covariances.mean()), rel=1e-6)


def test_of_one_observer_it_is_the_observers_own_area() -> None:
    truth, rated = ratings(1)

    result, alone = mean_area_of_these(truth, rated), auc(truth, rated[0])

    assert (result.estimate, result.low, result.high) == pytest.approx((alone.estimate, alone.low, alone.high))


def test_observers_of_other_images_are_independent() -> None:
    """But for G/(G − 1), which is taken once of all images, not once of each observer's: at most 3% here."""
    truth, rated = ratings(2)
    apart = rated.copy()
    apart[0, ::2] = np.nan
    apart[1, 1::2] = np.nan
    alone = [auc(truth, row) for row in apart]

    result = summarise_ratings(truth, apart, ("A", "B"))

    assert list(result.observers.values()) == alone
    errors = [((one.high or 0) - (one.low or 0)) / 2 / Z for one in alone]
    assert result.pooled.low is not None
    half = (result.pooled.estimate or 0) - result.pooled.low
    assert half == pytest.approx(Z * sqrt(errors[0] ** 2 + errors[1] ** 2) / 2, rel=0.03)
    assert result.pooled.n == 50


def test_from_three_observers_on_there_is_the_mean_for_other_observers() -> None:
    truth, rated = ratings(3, seed=2)

    assert summarise_ratings(truth, rated, ("A", "B", "C")).crossed == mean_area(truth, rated).mean
    assert summarise_ratings(truth, rated[:2], ("A", "B")).crossed is None


@pytest.mark.parametrize("asked", [1.0, 0.6])
def test_the_interval_for_others_is_nowhere_narrower_than_for_these(asked: float) -> None:
    """Where the observers come out alike by chance, Obuchowski and Rockette's own interval can be narrower."""
    widened = 0
    for seed in range(12):
        truth, rated = ratings(3, seed)
        rated[np.random.default_rng(seed).random(rated.shape) >= asked] = np.nan

        these, others = mean_area_of_these(truth, rated), mean_area_of_others(truth, rated)

        assert others.estimate == pytest.approx(these.estimate)
        assert (others.low or 0) <= (these.low or 0)
        assert (these.high or 1) <= (others.high or 1)
        assert (NO_NARROWER in others.method) == ((others.low, others.high) == (these.low, these.high))
        widened += NO_NARROWER in others.method
    assert widened


def test_the_curve_goes_from_the_highest_rating_down_and_its_area_is_that_of_the_ratings() -> None:
    truth, rated = ratings(1)

    curve = summarise_ratings(truth, rated, ("A",)).curve

    assert [point[0] for point in curve] == sorted({*rated[0]}, reverse=True)
    assert curve[-1][1:] == (1, 1)
    x, y = (np.array([0, *(point[axis] for point in curve)]) for axis in (1, 2))
    assert float(np.trapezoid(y, x)) == pytest.approx(auc(truth, rated[0]).estimate)


@pytest.mark.parametrize(
    ("truth", "rated", "reason"),
    [
        ([True, False], np.empty((0, 2)), "there is no observer"),
        ([True, True], [[1.0, 2.0]], "rated no clean image"),
        ([False, False], [[1.0, 2.0]], "rated no perturbed image"),
        ([True, False], [[1.0, np.nan], [np.nan, 2.0]], "no observer rated images of both truths"),
    ],
)
def test_what_cannot_be_estimated_says_why(truth: list[bool], rated: object, reason: str) -> None:
    result = mean_area_of_these(np.array(truth), np.array(rated))

    assert result.estimate is None
    assert reason in (result.reason or "")


def test_who_rated_one_truth_alone_has_no_area_and_the_others_keep_theirs() -> None:
    truth, rated = ratings(4)
    left = rated.copy()
    left[3, truth] = np.nan

    for estimate in (mean_area_of_these, mean_area_of_others):
        assert estimate(truth, left).estimate == pytest.approx(estimate(truth, rated[:3]).estimate)
        assert estimate(truth, left).low is not None


def test_without_variance_there_is_no_interval() -> None:
    truth = np.array([True, True, False, False])

    assert mean_area_of_these(truth, np.array([[6.0, 6, 1, 1]])).low is None
    assert mean_area_of_these(truth[1:], np.array([[6.0, 1, 2]])).low is None
