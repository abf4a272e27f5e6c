"""The mean area under several observers' ROC curves, against R and by what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from perception.analysis.ratings.multireader import mean_area
from perception.analysis.ratings.roc import auc
from tests.analysis.written_json import written_json

TRUTH = np.array([1] * 7 + [0] * 6, dtype=bool)
RATINGS = np.array(
    [
        [5, 4, 4, 3, 3, 2, 1, 1, 1, 2, 2, 3, 4],
        [4, 5, 2, 3, 3, 1, 2, 1, 2, 2, 1, 3, 5],
        [5, 5, 4, 2, 3, 3, 2, 1, 1, 3, 2, 2, 4],
    ],
    dtype=float,
)
RANDOM = st_numpy.arrays(float, st.tuples(st.integers(1, 4), st.just(7)), elements=st.integers(1, 3).map(float))


@pytest.mark.parametrize(
    ("level", "low", "high"), [(0.95, 0.44628883044, 0.96640958226), (0.80, 0.53676109563, 0.87593731707)]
)
def test_r_agrees(level: float, low: float, high: float) -> None:
    """R 4.2.2: MRMCaov's formulas for one test, random readers and cases, on pROC 1.18.0's areas and covariances."""
    result = mean_area(TRUTH, RATINGS, level=level)

    assert result.mean.estimate == pytest.approx(0.70634920635)
    assert (result.between_observers, result.covariance) == pytest.approx((0.005149281935, 0.015682476694), rel=1e-9)
    assert result.freedom == pytest.approx(205.50526218)
    assert (result.mean.low, result.mean.high) == pytest.approx((low, high), abs=1e-9)


def test_observers_who_say_the_same_know_no_more_than_one() -> None:
    """MS(R) = 0 and Cov₂ is the variance of one: the interval is DeLong's."""
    one = auc(TRUTH, RATINGS[1])

    result = mean_area(TRUTH, RATINGS[[1, 1, 1]])

    assert (result.mean.low, result.mean.high) == pytest.approx((one.low, one.high))


def test_images_that_not_all_rated_are_left_out() -> None:
    holes = np.column_stack([RATINGS, [[np.nan], [2.0], [1.0]], [[3.0], [3.0], [np.nan]]])

    result = mean_area(np.append(TRUTH, [True, False]), holes)

    assert result == mean_area(TRUTH, RATINGS)
    assert result.mean.n == 13


@given(ratings=RANDOM)
def test_turning_the_ratings_mirrors_the_mean(ratings: NDArray[np.float64]) -> None:
    truth = np.array([True, True, True, False, False, False, False])

    one, other = mean_area(truth, ratings), mean_area(truth, -ratings)

    assert one.mean.estimate == pytest.approx(np.mean([observer.estimate for observer in one.observers]))
    assert other.mean.estimate == pytest.approx(1 - (one.mean.estimate or 0))
    if one.mean.low is not None and one.mean.high is not None:
        assert (other.mean.low, other.mean.high) == pytest.approx((1 - one.mean.high, 1 - one.mean.low), abs=1e-9)


@pytest.mark.parametrize(
    ("truth", "ratings", "reason"),
    [
        ([1, 0], np.empty((0, 2)), "there is no observer"),
        ([1, 1], [[1, 2]], "there is no clean image"),
        ([1, 0], [[np.nan, 2], [1, 2]], "there is no perturbed image"),
    ],
)
def test_undefined(truth: list[int], ratings: object, reason: str) -> None:
    result = mean_area(np.array(truth, dtype=bool), np.array(ratings, dtype=float))

    assert result.mean.estimate is None
    assert reason in (result.mean.reason or "")
    assert written_json(result)["mean"]["estimate"] is None


def test_without_interval_and_refused() -> None:
    assert "single observer" in mean_area(TRUTH, RATINGS[:1]).mean.method
    assert "single image" in mean_area(TRUTH[6:], RATINGS[:, 6:]).mean.method
    perfect = mean_area(np.array([True, True, False, False]), np.array([[4.0, 3, 2, 1]] * 3)).mean
    assert (perfect.estimate, perfect.low) == (1, None)
    assert "proves nothing" in perfect.method
    with pytest.raises(ValueError, match="shape"):
        mean_area(TRUTH, RATINGS[0])
