"""Simulated observers: theory against quadrature, against SciPy's bivariate normal, and against answers drawn."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from perception.analysis.planning.simulated_observers import (
    SimulatedObservers,
    correlation_of_image_sd,
)

MODELS = st.builds(
    SimulatedObservers, dprime=st.floats(-3, 3), correlation=st.floats(0, 1), observer_sd=st.floats(0, 2)
)


def test_guessing_observers_have_the_correlation_that_is_asked_for() -> None:
    model = SimulatedObservers(correlation=0.1)

    assert model.right == pytest.approx(0.5)
    assert model.between_images / (0.5 * 0.5) == pytest.approx(0.1)
    assert model.between_observers == pytest.approx(0, abs=1e-12)


def test_covariances_are_those_of_the_bivariate_normal() -> None:
    model = SimulatedObservers(dprime=1.2, correlation=0.3, observer_sd=0.8)
    variance = 1 + 0.8**2 / 4
    h = 0.6 / sqrt(variance)
    both = stats.multivariate_normal([0, 0], [[1, r := model.image_share / variance], [r, 1]]).cdf([h, h])

    assert model.between_images == pytest.approx(both - stats.norm.cdf(h) ** 2, abs=1e-9)


def test_observers_vary_by_the_variance_of_their_balanced_accuracies() -> None:
    model = SimulatedObservers(dprime=0.7, observer_sd=0.5)

    def moment(power: int) -> float:
        value, _ = integrate.quad(lambda d: stats.norm.cdf(d / 2) ** power * stats.norm.pdf(d, 0.7, 0.5), -4, 6)
        return float(value)

    assert model.right == pytest.approx(moment(1), abs=1e-8)
    assert model.between_observers == pytest.approx(moment(2) - moment(1) ** 2, abs=1e-8)


def test_answers_drawn_have_the_moments_of_theory() -> None:
    """One table of 400 observers and 4,000 images; errors of the moments are a few thousandths."""
    model = SimulatedObservers(dprime=0.6, correlation=0.2, observer_sd=0.4)
    table = model.draw(observers=400, perturbed=2000, clean=2000, rng=np.random.default_rng(5))

    right = (table.responses == 1) == table.truth
    assert right.mean() == pytest.approx(model.right, abs=0.015)
    assert right.mean(axis=1).var(ddof=1) == pytest.approx(model.between_observers, rel=0.25)
    assert right.mean(axis=0).var(ddof=1) == pytest.approx(model.between_images, rel=0.1)
    assert table.truth.sum() == 2000


def test_the_images_sd_is_another_word_for_their_correlation() -> None:
    """σ² = 1: half of an impression's variance is the image's, ρ = 2/π · arcsin ½ = 1/3."""
    assert correlation_of_image_sd(0) == 0
    assert correlation_of_image_sd(1) == pytest.approx(1 / 3)
    share = SimulatedObservers(correlation=correlation_of_image_sd(0.4306)).image_share
    assert sqrt(share / (1 - share)) == pytest.approx(0.4306)


@given(model=MODELS)
def test_covariances_lie_between_none_and_the_variance(model: SimulatedObservers) -> None:
    variance = model.right * (1 - model.right)

    assert -1e-9 <= model.between_images <= variance + 1e-9
    assert -1e-9 <= model.between_observers <= variance + 1e-9


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dprime": float("nan")}, "d′ lies between"),
        ({"correlation": 1.1}, "a correlation lies between"),
        ({"observer_sd": -0.1}, "SD of d′ lies between"),
    ],
)
def test_observers_that_cannot_be_are_refused(fields: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SimulatedObservers(**fields)


def test_an_image_sd_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="the images' SD lies between"):
        correlation_of_image_sd(-1)
