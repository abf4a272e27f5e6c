"""The area under the ROC curve, against R's pROC and by comparing every pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.ratings import roc
from perception.analysis.ratings.roc import auc, placements

TRUTH = np.array([1] * 7 + [0] * 6, dtype=bool)
RATINGS = np.array([5, 4, 4, 3, 3, 2, 1, 1, 1, 2, 2, 3, 4], dtype=float)
OTHER_TRUTH = np.array([1] * 10 + [0] * 12, dtype=bool)
OTHER_RATINGS = np.array([5, 5, 4, 4, 4, 3, 3, 2, 5, 1, 1, 1, 2, 2, 3, 3, 1, 2, 4, 1, 2, 3], dtype=float)
LISTS = st.lists(st.integers(1, 5).map(float), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("truth", "ratings", "level", "area", "low", "high"),
    [
        (TRUTH, RATINGS, 0.95, 0.71428571429, 0.42099565156, 1),
        (TRUTH, -RATINGS, 0.95, 0.28571428571, 0, 0.57900434844),
        (TRUTH, RATINGS, 0.90, 0.71428571429, 0.46814893462, 0.96042249396),
        (OTHER_TRUTH, OTHER_RATINGS, 0.95, 0.8125, 0.62137961203, 1),
    ],
)
def test_proc_agrees(
    truth: np.ndarray, ratings: np.ndarray, level: float, area: float, low: float, high: float
) -> None:
    """R 4.2.2, pROC 1.18.0: ci.auc(roc(…, direction = "<"), method = "delong")."""
    estimate = auc(truth, ratings, level=level)

    assert (estimate.estimate, estimate.low, estimate.high) == pytest.approx((area, low, high), abs=1e-9)


@given(perturbed=LISTS, clean=LISTS)
def test_the_area_is_the_share_of_pairs_in_the_right_order(perturbed: list[float], clean: list[float]) -> None:
    pairs = [(one > other) + 0.5 * (one == other) for one in perturbed for other in clean]
    truth = np.array([True] * len(perturbed) + [False] * len(clean))

    estimate = auc(truth, np.array(perturbed + clean))

    assert estimate.estimate == pytest.approx(np.mean(pairs))
    placed = placements(np.array(perturbed), np.array(clean))
    by_image = np.array(pairs).reshape(len(perturbed), len(clean))
    assert placed.perturbed == pytest.approx(by_image.mean(axis=1))
    assert placed.clean == pytest.approx(by_image.mean(axis=0))


@given(perturbed=LISTS, clean=LISTS)
def test_turning_the_ratings_mirrors_the_area_and_its_limits(perturbed: list[float], clean: list[float]) -> None:
    truth = np.array([True] * len(perturbed) + [False] * len(clean))
    ratings = np.array(perturbed + clean)

    one, other = auc(truth, ratings), auc(truth, -ratings)

    assert one.estimate is not None
    assert other.estimate == pytest.approx(1 - one.estimate)
    if one.low is None or one.high is None:
        assert other.low is None
    else:
        assert (other.low, other.high) == pytest.approx((1 - one.high, 1 - one.low))


def test_missing_ratings_are_left_out() -> None:
    truth = np.array([True, *TRUTH, False])
    ratings = np.array([np.nan, *RATINGS, np.nan])

    assert auc(truth, ratings) == auc(TRUTH, RATINGS)


def test_what_cannot_be_estimated_says_why() -> None:
    one_sided = auc(np.array([True, True]), np.array([1.0, 2.0]))
    assert one_sided.reason == "there is no rating of a clean image"
    assert auc(np.array([False]), np.array([1.0])).reason == "there is no rating of a perturbed image"
    single = auc(np.array([True, False, False]), np.array([2.0, 1.0, 3.0]))
    assert (single.estimate, single.low, single.method) == (0.5, None, "no interval from a single image")
    perfect = auc(np.array([True, True, False, False]), np.array([4.0, 3, 2, 1]))
    assert (perfect.estimate, perfect.low) == (1, None)
    assert "proves nothing" in perfect.method
    with pytest.raises(ValueError, match="shape"):
        auc(np.array([True]), np.array([1.0, 2.0]))


def test_placements_by_ranks_are_those_by_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(5)
    perturbed, clean = generator.integers(1, 7, size=31).astype(float), generator.integers(1, 6, size=17).astype(float)
    compared = roc.placements(perturbed, clean)

    monkeypatch.setattr(roc, "FEW_PAIRS", 0)
    ranked = roc.placements(perturbed, clean)

    assert ranked.perturbed == pytest.approx(compared.perturbed)
    assert ranked.clean == pytest.approx(compared.clean)
