"""The observers that a mean grade takes: by formula, and as simulated studies have it."""

from statistics import median

import numpy as np
import pytest

from perception.analysis.degradation.mean_grade import mean_grade
from perception.analysis.planning.mean_grade import GradeSpread, half_width, observers_needed

SPREAD = GradeSpread(observers=0.3, images=0.3, rest=0.5)


def test_the_half_width_is_that_of_simulated_studies() -> None:
    rng = np.random.default_rng(1)
    observers, images = 16, 40
    widths = []
    for _ in range(200):
        grades = (
            3
            + rng.normal(0, SPREAD.observers, (observers, 1))
            + rng.normal(0, SPREAD.images, (1, images))
            + rng.normal(0, SPREAD.rest, (observers, images))
        )
        found = mean_grade(grades, target="observers random")
        assert found.low is not None
        assert found.high is not None
        widths.append((found.high - found.low) / 2)
    assert median(widths) == pytest.approx(half_width(SPREAD, observers=observers, images=images), rel=0.06)


@pytest.mark.parametrize("wanted", [0.15, 0.2, 0.4])
def test_one_observer_less_is_too_few(wanted: float) -> None:
    needed = observers_needed(SPREAD, wanted, images=60)
    assert needed is not None
    assert half_width(SPREAD, observers=needed, images=60) <= wanted
    assert needed == 3 or half_width(SPREAD, observers=needed - 1, images=60) > wanted


def test_images_that_vary_too_much_cannot_be_made_up_for() -> None:
    assert observers_needed(SPREAD, 0.05, images=20) is None


def test_what_cannot_be_is_refused() -> None:
    for spread in ((0, 0, 0), (-0.1, 0.3, 0.5), (0.3, 0.3, 2.5)):
        with pytest.raises(ValueError, match=r"SD|vary"):
            GradeSpread(*spread)
    with pytest.raises(ValueError, match="half-width"):
        observers_needed(SPREAD, 0, images=20)
    with pytest.raises(ValueError, match="observers"):
        half_width(SPREAD, observers=2, images=20)
    with pytest.raises(ValueError, match="level"):
        half_width(SPREAD, observers=5, images=20, level=95)
