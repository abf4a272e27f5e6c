"""Proportions clustered by image, by hand and by what defines their limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.clustered import AT_THE_END, clustered_proportion, ratio_variance
from perception.analysis.estimates.crossed import crossed_proportion
from perception.analysis.estimates.proportions import clopper_pearson

Answers = NDArray[np.bool_]
TABLE = st_numpy.array_shapes(min_dims=2, max_dims=2, max_side=6).flatmap(
    lambda shape: st.tuples(st_numpy.arrays(bool, shape), st_numpy.arrays(bool, shape))
)

# Two observers, four images: 2, 2, 0 and 1 right. p = 5/8; a − 2p = ¾, ¾, −5/4, −¼; v = 4/3 · 2.75/64 = 11/192;
# n_eff = (5/8 · 3/8)/(11/192) = 45/11.
RIGHT = np.array([[1, 1, 0, 1], [1, 1, 0, 0]], dtype=bool)
ALL = np.ones_like(RIGHT)
N_EFF = 45 / 11
T_3 = 3.182446  # the 97.5% quantile of t with 3 degrees of freedom, from any table


def test_the_variance_by_hand() -> None:
    assert ratio_variance(RIGHT, ALL, axis=0) == pytest.approx(11 / 192)


def test_the_limits_invert_the_score_test_at_the_effective_n() -> None:
    """Wilson's limits are the π at which |p − π| = t √(π(1 − π)/n_eff)."""
    estimate = clustered_proportion(RIGHT, ALL)

    assert (estimate.estimate, estimate.n, estimate.k) == (5 / 8, 8, 5)
    for limit in (estimate.low, estimate.high):
        assert limit is not None
        assert abs(5 / 8 - limit) == pytest.approx(T_3 * np.sqrt(limit * (1 - limit) / N_EFF), rel=1e-5)


def test_the_paper_clustered_by_image() -> None:
    """Sensitivity: 9 images right by both, 17 by one, 4 by none; p = 35/60."""
    right = np.array([[1] * 9 + [1] * 7 + [0] * 10 + [0] * 4, [1] * 9 + [0] * 7 + [1] * 10 + [0] * 4], dtype=bool)

    variance = ratio_variance(right, np.ones_like(right), axis=0)

    p = 35 / 60
    by_hand = 30 / 29 * (9 * (2 - 2 * p) ** 2 + 17 * (1 - 2 * p) ** 2 + 4 * (2 * p) ** 2) / 3600
    assert variance == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("correct", "answered", "share", "standard_error"),
    [
        # The paper's answers to perturbed and to clean images, then clusters of several sizes.
        ([[1] * 16 + [0] * 14, [1] * 9 + [0] * 7 + [1] * 10 + [0] * 4], None, 0.58333333333, 0.05912840758),
        ([[0] * 11 + [1] * 9, [0] * 5 + [1] * 6 + [0] * 7 + [1] * 2], None, 0.425, 0.06564457728),
        (
            [[1, 0, 1, 1, 1, 1], [1, 0, 0, 1, 0, 1], [0, 0, 0, 1, 0, 0]],
            [[1, 1, 1, 1, 1, 1], [1, 1, 0, 1, 1, 1], [1, 0, 0, 1, 0, 1]],
            0.64285714286,
            0.01849229488**0.5,
        ),
    ],
)
def test_the_survey_package_agrees(
    correct: list[list[int]], answered: list[list[int]] | None, share: float, standard_error: float
) -> None:
    """R 4.2.2, survey 4.1-1: svymean with svydesign(ids = ~image), which is Rao & Scott's variance."""
    right = np.array(correct, dtype=bool)
    given_ones = np.ones_like(right) if answered is None else np.array(answered, dtype=bool)

    assert clustered_proportion(right, given_ones).estimate == pytest.approx(share)
    assert np.sqrt(ratio_variance(right, given_ones, axis=0)) == pytest.approx(standard_error, rel=1e-8)


def test_identical_observers_count_as_one() -> None:
    """Two observers who say the same know no more than one: n_eff is that of one observer."""
    one = np.array([[1, 0, 1, 1, 0, 1, 0]], dtype=bool)
    two = np.vstack([one, one])

    single, double = (clustered_proportion(table, np.ones_like(table)) for table in (one, two))

    assert (single.low, single.high) == pytest.approx((double.low, double.high))


@pytest.mark.parametrize("value", [True, False])
def test_at_the_ends_it_is_clopper_pearson_on_images(value: bool) -> None:
    table = np.full((3, 10), value)

    estimate = clustered_proportion(table, np.ones_like(table))

    assert estimate.method == AT_THE_END
    assert (estimate.low, estimate.high) == pytest.approx(clopper_pearson(10 * value, 10, 0.95))
    assert estimate.n == 30


def test_without_answers_it_is_undefined_and_from_one_image_without_interval() -> None:
    nothing = np.zeros((2, 3), dtype=bool)
    one_image = np.array([[True], [False]])

    assert clustered_proportion(nothing, nothing).estimate is None
    estimate = clustered_proportion(one_image, np.ones_like(one_image))
    assert (estimate.estimate, estimate.low) == (0.5, None)


def test_crossed_by_hand() -> None:
    """Three observers with 1, 2, 3 of 3 right; image sums 3, 2, 1: v_image = v_observer = 3/2 · 2/81 = 1/27.

    p = 2/3, v_cell = 9/8 · (2/9)/9 = 1/36; v = 2/27 − 1/36 = 5/108; n_eff = (2/9)/(5/108) = 24/5;
    df = v²/(2 · (1/27)²/2) = (5/4)² = 1.5625.
    """
    right = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]], dtype=bool)

    estimate = crossed_proportion(right, np.ones_like(right))

    critical = stats.t.ppf(0.975, 1.5625)
    for limit in (estimate.low, estimate.high):
        assert limit is not None
        assert abs(2 / 3 - limit) == pytest.approx(critical * np.sqrt(limit * (1 - limit) / 4.8), rel=1e-6)


def test_crossed_where_neither_images_nor_observers_differ() -> None:
    """Every image and every observer has half right: the variance is 0, so n_eff = N = 16, with min(3, 3) degrees."""
    right = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]], dtype=bool)

    estimate = crossed_proportion(right, np.ones_like(right))

    for limit in (estimate.low, estimate.high):
        assert limit is not None
        assert abs(0.5 - limit) == pytest.approx(T_3 * np.sqrt(limit * (1 - limit) / 16), rel=1e-6)


def test_crossed_needs_three_observers_two_images_and_both_answers() -> None:
    for table in (np.array([[1, 0], [0, 1]]), np.array([[1], [0], [1]]), np.ones((3, 3))):
        estimate = crossed_proportion(table.astype(bool), np.ones(table.shape, dtype=bool))
        assert estimate.estimate is not None
        assert estimate.low is None
        assert "no interval" in estimate.method


@pytest.mark.parametrize("estimate_of", [clustered_proportion, crossed_proportion])
@given(tables=TABLE)
def test_no_table_breaks_it_and_limits_hold_the_estimate(estimate_of: object, tables: tuple[Answers, Answers]) -> None:
    correct, answered = tables

    estimate = estimate_of(correct, answered)  # type: ignore[operator]

    if not answered.any():
        assert estimate.estimate is None
        return
    assert estimate.estimate == (correct & answered).sum() / answered.sum()
    if estimate.low is not None:
        assert 0 <= estimate.low <= estimate.estimate + 1e-9
        assert estimate.estimate - 1e-9 <= estimate.high <= 1


@pytest.mark.parametrize("estimate_of", [clustered_proportion, crossed_proportion])
@given(tables=TABLE, random=st.randoms())
def test_neither_order_matters(estimate_of: object, tables: tuple[Answers, Answers], random: object) -> None:
    correct, answered = tables
    rows, columns = list(range(correct.shape[0])), list(range(correct.shape[1]))
    random.shuffle(rows)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]
    place = np.ix_(rows, columns)

    one = estimate_of(correct, answered)  # type: ignore[operator]
    other = estimate_of(correct[place], answered[place])  # type: ignore[operator]

    assert one.low == other.low if one.low is None else one.low == pytest.approx(other.low)
    assert one.high == other.high if one.high is None else one.high == pytest.approx(other.high)
