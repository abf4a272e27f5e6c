"""Closed forms of simulated observers' answers against SciPy's bivariate normal and against draws."""

import numpy as np
import pytest
from scipy import stats

from perception.analysis.simulated_observers.expectations import (
    covariance_of_right,
    evidence_variance,
    right_limit,
    share_both,
    share_called_perturbed,
)
from perception.analysis.simulated_observers.model import ObserverPopulation


def both_below(one: float, other: float, correlation: float) -> float:
    distribution = stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    return float(distribution.cdf([one, other]))


@pytest.mark.parametrize("correlation", [0.0, 0.2, 0.6])
@pytest.mark.parametrize(("one", "other"), [(0.5, 0.5), (0.2, 0.7), (0.9, 0.95)])
def test_two_observers_say_the_same_as_often_as_the_bivariate_normal_says(
    one: float, other: float, correlation: float
) -> None:
    expected = both_below(float(stats.norm.ppf(one)), float(stats.norm.ppf(other)), correlation)

    assert share_both(one, other, correlation) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("limit", [-0.7, 0.0, 1.2])
@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.9])
def test_the_covariance_is_what_both_are_right_more_often_than_by_chance(limit: float, correlation: float) -> None:
    right = float(stats.norm.cdf(limit))

    assert covariance_of_right(limit, correlation) == pytest.approx(
        both_below(limit, limit, correlation) - right**2, abs=1e-8
    )


def test_the_share_of_right_answers_is_that_of_a_great_many_observers() -> None:
    population, rng = ObserverPopulation(dprime=1.0, dprime_sd=0.4, criterion_sd=0.3), np.random.default_rng(6)
    dprime, criterion = (
        population.dprime_at(rng.standard_normal(200_000)),
        population.criterion_at(rng.standard_normal(200_000)),
    )

    expected = float(stats.norm.cdf(right_limit(population, impression_sd=1.25)))

    hits = share_called_perturbed(dprime, criterion, strength=1, impression_sd=1.25)
    false_alarms = share_called_perturbed(dprime, criterion, strength=0, impression_sd=1.25)
    assert hits.mean() == pytest.approx(expected, abs=0.002)
    assert 1 - false_alarms.mean() == pytest.approx(expected, abs=0.002)
    assert evidence_variance(population, impression_sd=1.25) == pytest.approx(
        1.25**2 + np.var(dprime / 2 - criterion), abs=0.01
    )
