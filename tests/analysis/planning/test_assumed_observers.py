"""The observers of a plan: theory against quadrature, against SciPy's bivariate normal, and against answers drawn."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from perception.analysis.planning.assumed_observers import AssumedObservers

ASSUMED = st.builds(AssumedObservers, dprime=st.floats(-3, 3), correlation=st.floats(0, 1), observer_sd=st.floats(0, 2))


def test_guessing_observers_have_the_correlation_that_is_asked_for() -> None:
    assumed = AssumedObservers(correlation=0.1)

    assert assumed.right == pytest.approx(0.5)
    assert assumed.between_images / (0.5 * 0.5) == pytest.approx(0.1)
    assert assumed.between_observers == pytest.approx(0, abs=1e-12)


def test_covariances_are_those_of_the_bivariate_normal() -> None:
    assumed = AssumedObservers(dprime=1.2, correlation=0.3, observer_sd=0.8)
    variance = 1 + 0.8**2 / 4
    h = 0.6 / sqrt(variance)
    both = stats.multivariate_normal([0, 0], [[1, r := assumed.image_share / variance], [r, 1]]).cdf([h, h])

    assert assumed.between_images == pytest.approx(both - stats.norm.cdf(h) ** 2, abs=1e-9)


def test_observers_vary_by_the_variance_of_their_balanced_accuracies() -> None:
    assumed = AssumedObservers(dprime=0.7, observer_sd=0.5)

    def moment(power: int) -> float:
        value, _ = integrate.quad(lambda d: stats.norm.cdf(d / 2) ** power * stats.norm.pdf(d, 0.7, 0.5), -4, 6)
        return float(value)

    assert assumed.right == pytest.approx(moment(1), abs=1e-8)
    assert assumed.between_observers == pytest.approx(moment(2) - moment(1) ** 2, abs=1e-8)


def test_answers_drawn_have_the_moments_of_theory() -> None:
    """One table of 400 observers and 4,000 images; errors of the moments are a few thousandths."""
    assumed = AssumedObservers(dprime=0.6, correlation=0.2, observer_sd=0.4)
    table = assumed.draw(observers=400, perturbed=2000, clean=2000, rng=np.random.default_rng(5))

    right = (table.responses == 1) == table.truth
    assert right.mean() == pytest.approx(assumed.right, abs=0.015)
    assert right.mean(axis=1).var(ddof=1) == pytest.approx(assumed.between_observers, rel=0.25)
    assert right.mean(axis=0).var(ddof=1) == pytest.approx(assumed.between_images, rel=0.1)
    assert table.truth.sum() == 2000


@given(assumed=ASSUMED)
def test_covariances_lie_between_none_and_the_variance(assumed: AssumedObservers) -> None:
    variance = assumed.right * (1 - assumed.right)

    assert -1e-9 <= assumed.between_images <= variance + 1e-9
    assert -1e-9 <= assumed.between_observers <= variance + 1e-9


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
        AssumedObservers(**fields)
