"""Mean grades: against the cluster-robust variances of statsmodels, at the ends of the scale, with too little."""

from math import sqrt

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.degradation.mean_grade import (
    ALL_ALIKE,
    BOTH_RANDOM,
    BY_IMAGE,
    NO_ERROR,
    difference_of_means,
    image_mean,
    mean_grade,
)
from perception.analysis.estimates.clustered_covariance import InferenceTarget

Grades = NDArray[np.float64]


def grades(observers: int = 5, images: int = 12, *, seed: int = 1, missing: float = 0.0, level: float = 3.6) -> Grades:
    """Return grades that vary with the observer, the image and the look; some missing."""
    rng = np.random.default_rng(seed)
    latent = (
        level
        + rng.normal(0, 0.5, (observers, 1))
        + rng.normal(0, 0.7, (1, images))
        + rng.normal(0, 0.8, (observers, images))
    )
    found = np.clip(np.round(latent), 1, 5)
    found[rng.random(found.shape) < missing] = np.nan
    return found


def robust_variance(found: Grades, *, both: bool) -> float:
    """Return the variance of the mean by statsmodels: a regression on a constant, clustered by image, or both ways."""
    observer, image = np.nonzero(~np.isnan(found))
    groups = np.column_stack([image, observer]) if both else image
    fit = sm.OLS(found[observer, image], np.ones(len(observer))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}
    )
    return float(fit.cov_params()[0, 0])


def wilson_on_scale(mean: float, variance: float, critical: float) -> tuple[float, float]:
    """Return the means that lie `critical` standard errors from this one, each by its own standard error."""
    p, n = (mean - 1) / 4, ((mean - 1) / 4) * (1 - (mean - 1) / 4) / (variance / 16)
    # The roots of (p − x)² = critical² x(1 − x)/n.
    a, b, c = 1 + critical**2 / n, -(2 * p + critical**2 / n), p * p
    low, high = sorted(np.roots([a, b, c]).real)
    return 1 + 4 * float(low), 1 + 4 * float(high)


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_for_these_observers_it_is_clustered_by_image(missing: float) -> None:
    found = grades(missing=missing)
    estimate = mean_grade(found)

    assert estimate.method == BY_IMAGE
    assert estimate.n == np.count_nonzero(~np.isnan(found))
    assert estimate.estimate == pytest.approx(np.nanmean(found))
    critical = stats.t.ppf(0.975, found.shape[1] - 1)
    expected = wilson_on_scale(float(np.nanmean(found)), robust_variance(found, both=False), critical)
    assert (estimate.low, estimate.high) == pytest.approx(expected)


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_for_observers_like_these_both_are_random(missing: float) -> None:
    found = grades(missing=missing, observers=6, seed=7)
    estimate = mean_grade(found, target="observers random", level=0.9)

    variance = robust_variance(found, both=True)
    by_image, by_observer = robust_variance(found, both=False), robust_variance(found.T, both=False)
    variance = max(variance, by_image, by_observer)
    freedom = variance**2 / (by_image**2 / (found.shape[1] - 1) + by_observer**2 / (len(found) - 1))
    expected = wilson_on_scale(float(np.nanmean(found)), variance, stats.t.ppf(0.95, freedom))
    assert estimate.method == BOTH_RANDOM
    assert (estimate.low, estimate.high) == pytest.approx(expected)


def test_it_is_no_narrower_for_others_than_for_these() -> None:
    alike = np.tile(grades(1, 8), (4, 1))  # observers who agree on everything
    these, others = mean_grade(alike), mean_grade(alike, target="observers random")
    assert these.low is not None
    assert these.high is not None
    assert others.low is not None
    assert others.high is not None
    assert others.low <= these.low
    assert others.high >= these.high


@pytest.mark.parametrize(("grade", "end"), [(5.0, "low"), (1.0, "high")])
def test_where_all_are_at_an_end_the_limit_is_that_of_a_share_of_images(grade: float, end: str) -> None:
    estimate = mean_grade(np.full((4, 10), grade))

    assert estimate.method == ALL_ALIKE
    share = 0.025 ** (1 / 10)  # Clopper and Pearson, ten of ten
    assert getattr(estimate, end) == pytest.approx(1 + 4 * (share if grade == 5 else 1 - share))
    assert grade in {estimate.low, estimate.high}
    assert mean_grade(np.full((4, 10), grade), target="observers random").low is None


@pytest.mark.parametrize(
    ("found", "target", "method"),
    [
        (np.full((3, 4), 4.0), "these observers", NO_ERROR),
        (np.array([[4.0], [5.0], [3.0]]), "these observers", "no interval from a single image"),
        (grades(2, 6), "observers random", "no interval from fewer than 3 observers"),
    ],
)
def test_it_says_why_there_is_no_interval(found: Grades, target: str, method: str) -> None:
    estimate = mean_grade(found, target=target)  # type: ignore[arg-type]
    assert (estimate.low, estimate.high, estimate.method) == (None, None, method)
    assert estimate.estimate == pytest.approx(found.mean())


def test_without_a_grade_it_is_undefined() -> None:
    nothing = np.full((3, 4), np.nan)
    assert mean_grade(nothing).reason == image_mean(nothing[:, 0]).reason == "there is no grade"
    assert difference_of_means(grades(3, 4), nothing).estimate is None


@given(arrays(np.float64, (4, 6), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, np.nan])))
def test_limits_lie_on_the_scale_around_the_mean(found: Grades) -> None:
    targets: tuple[InferenceTarget, ...] = ("these observers", "observers random")
    for target in targets:
        estimate = mean_grade(found, target=target)
        if estimate.low is not None and estimate.high is not None and estimate.estimate is not None:
            assert 1 <= estimate.low <= estimate.estimate + 1e-9
            assert estimate.estimate - 1e-9 <= estimate.high <= 5


def test_a_difference_is_free_of_what_an_observer_grades_lower_throughout() -> None:
    found = grades(5, 14)
    shifted = found + np.linspace(-0.5, 0.5, 5)[:, None]
    plain, moved = (difference_of_means(one[:, :8], one[:, 8:], target="observers random") for one in (found, shifted))
    assert (moved.estimate, moved.low, moved.high) == pytest.approx((plain.estimate, plain.low, plain.high))


def test_the_variance_of_a_difference_by_images_is_that_of_two_means() -> None:
    test, hidden = grades(5, 8, seed=2), grades(5, 6, seed=3, level=4.2)
    estimate = difference_of_means(test, hidden)
    parts = robust_variance(test, both=False), robust_variance(hidden, both=False)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 7 + parts[1] ** 2 / 5)
    half = stats.t.ppf(0.975, freedom) * sqrt(sum(parts))
    difference = test.mean() - hidden.mean()
    assert (estimate.estimate, estimate.low, estimate.high) == pytest.approx(
        (difference, difference - half, difference + half)
    )


def test_of_one_image_it_is_the_interval_of_t() -> None:
    one = np.array([5.0, 4.0, 4.0, 2.0, np.nan])
    estimate = image_mean(one)
    expected = stats.t.interval(0.95, 3, loc=3.75, scale=stats.sem(one[:4]))
    assert estimate.n == 4
    assert (estimate.low, estimate.high) == pytest.approx((expected[0], min(5, expected[1])))
    assert image_mean(np.array([4.0, 4.0])).method == NO_ERROR
    assert image_mean(np.array([4.0])).method == "no interval from a single grade"


def test_a_level_in_percent_is_refused() -> None:
    for compute in (mean_grade, image_mean):
        with pytest.raises(ValueError, match="level"):
            compute(grades(), level=95)
    with pytest.raises(ValueError, match="observers graded"):
        difference_of_means(grades(3), grades(4))
