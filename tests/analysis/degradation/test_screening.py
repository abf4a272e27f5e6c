"""The rule of BT.500, against a plain reading of its text, image by image and observer by observer."""

from math import sqrt
from statistics import mean, stdev

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.degradation.screening import screen_observers

Grades = NDArray[np.float64]


def by_the_text(found: Grades) -> list[tuple[int, int, bool]]:
    """Return P, Q and whether each observer is rejected, with SciPy's kurtosis; images graded alike are passed over."""
    counts = {who: [0, 0] for who in range(len(found))}
    for image in found.T:
        there = {who: float(grade) for who, grade in enumerate(image) if not np.isnan(grade)}
        given = list(there.values())
        if len(set(given)) < 2:
            continue
        limit = 2.0 if 2 <= stats.kurtosis(given, fisher=False) <= 4 else sqrt(20)
        for who, grade in there.items():
            counts[who][0] += grade >= mean(given) + limit * stdev(given)
            counts[who][1] += grade <= mean(given) - limit * stdev(given)
    told = []
    for who, (p, q) in counts.items():
        graded = np.count_nonzero(~np.isnan(found[who]))
        told.append((p, q, bool(p + q > 0 and (p + q) / graded > 0.05 and abs((p - q) / (p + q)) < 0.3)))
    return told


def simulated(*, erring: int, seed: int, missing: float = 0.0) -> Grades:
    """Return grades of 18 observers and 40 images, of whom some press any button."""
    rng = np.random.default_rng(seed)
    latent = rng.uniform(2, 4.5, 40) + rng.normal(0, 0.6, (18, 40))
    found = np.clip(np.round(latent), 1, 5)
    found[:erring] = rng.integers(1, 6, (erring, 40))
    found[rng.random(found.shape) < missing] = np.nan
    return found


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("seed", range(6))
def test_it_counts_and_rejects_as_the_text_says(seed: int, missing: float) -> None:
    found = simulated(erring=2, seed=seed, missing=missing)
    told = [(one.above, one.below, one.rejected) for one in screen_observers(found)]
    assert told == by_the_text(found)


def test_who_presses_any_button_is_rejected_about_every_second_time_and_hardly_anybody_else() -> None:
    rejected = [
        who
        for seed in range(40)
        for who, one in enumerate(screen_observers(simulated(erring=1, seed=seed)))
        if one.rejected
    ]
    assert 15 <= rejected.count(0) <= 30
    assert len(rejected) - rejected.count(0) <= 3  # of 680


def test_who_grades_lower_throughout_is_not_rejected() -> None:
    """The rule is about both sides: a harsh observer is no careless one."""
    found = simulated(erring=0, seed=1)
    found[0] = np.clip(found[0] - 2, 1, 5)
    harsh = screen_observers(found)[0]
    assert harsh.below > 0.05 * harsh.graded
    assert not harsh.rejected


def test_images_that_all_grade_alike_count_for_nothing() -> None:
    found = np.full((6, 30), 5.0)
    assert not any(one.above or one.below or one.rejected for one in screen_observers(found))
    assert screen_observers(found)[0].correlation is None


def test_the_correlation_is_with_all_others() -> None:
    found = simulated(erring=1, seed=4)
    screened = screen_observers(found)
    others = found[[who for who in range(18) if who != 3]].mean(axis=0)
    assert screened[3].correlation == pytest.approx(np.corrcoef(found[3], others)[0, 1])
    correlations = [one.correlation for one in screened if one.correlation is not None]
    assert screened[0].correlation == min(correlations)


def test_nobody_is_an_empty_list() -> None:
    assert screen_observers(np.empty((0, 0))) == []
