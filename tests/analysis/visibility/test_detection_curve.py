"""Detection against a measure: groups of pairs, and a curve where there is a most likely one."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from perception.analysis.visibility.detection_curve import DetectionCurve, detection_curve
from perception.analysis.visibility.noticed_answers import NoticedAnswers


def curve_of(noticed: NDArray[np.bool_], values: NDArray[np.float64]) -> DetectionCurve:
    """Follow the answers of observers who all judged all images, from a bool array of shape (J, I)."""
    observer, item = (codes.ravel() for codes in np.indices(noticed.shape))
    return detection_curve(NoticedAnswers(observer, item, noticed.ravel(), *noticed.shape), values)


LEVELS = np.repeat([4.0, 8.0], 10)
HALF = np.indices((4, 20)).sum(axis=0) % 2 == 0


@pytest.mark.parametrize(
    "noticed",
    [
        np.broadcast_to(LEVELS == 8, (4, 20)),
        np.broadcast_to(LEVELS == 4, (4, 20)),
        HALF & (LEVELS == 8),
        HALF | (LEVELS == 8),
        np.zeros((4, 20), dtype=bool),
    ],
    ids=["all at one level alone", "the other way round", "none at the lower", "all at the upper", "none at all"],
)
def test_there_is_no_curve_where_the_measure_parts_what_was_noticed(noticed: NDArray[np.bool_]) -> None:
    """The steeper, the likelier, without end: what an iteration stops at says nothing."""
    found = curve_of(np.array(noticed), LEVELS)

    assert (found.intercept, found.slope) == (None, None)
    assert found.at(np.array([4.0])) is None
    assert [point.share.n for point in found.points] == [40, 40]


def test_one_answer_of_the_other_kind_on_each_side_is_enough_for_a_curve() -> None:
    noticed = np.array(np.broadcast_to(LEVELS == 8, (4, 20)))
    noticed[0, 0], noticed[0, 19] = True, False

    found = curve_of(noticed, LEVELS)

    assert found.slope is not None
    shares = found.at(np.array([4.0, 8.0]))
    assert shares == pytest.approx([1 / 40, 39 / 40], abs=1e-6)


@pytest.mark.parametrize(
    ("values", "sizes"),
    [
        (np.r_[np.zeros(19), 0.3], [20]),
        (np.r_[np.zeros(19), 0.3 + np.arange(6)], [20, 5]),
        (np.r_[0.1, np.ones(18), 2.0], [20]),
        (np.arange(25.0), [5, 5, 5, 5, 5]),
        (np.r_[np.arange(3.0), np.full(12, 5.0), np.arange(6.0, 12.0)], None),
    ],
)
def test_groups_have_five_pairs_or_more_and_equal_values_stay_together(
    values: NDArray[np.float64], sizes: list[int] | None
) -> None:
    noticed = np.indices((3, len(values))).sum(axis=0) % 2 == 0

    points = curve_of(noticed, values).points

    found = [(point.share.n or 0) // 3 for point in points]
    assert sum(found) == len(values)
    assert min(found) >= 5
    assert sizes is None or found == sizes
    assert all(one.high < other.low for one, other in pairwise(points))
