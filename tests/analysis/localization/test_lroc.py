"""The area under the LROC curve, against its definition by pairs of images and a covariance written out by hand."""

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special

from perception.analysis.localization.lroc import METHOD, rated_where_right, summarise_lroc


def study(
    seed: int, observers: int = 4, perturbed: int = 15, clean: int = 12
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.int8]]:
    generator = np.random.default_rng(seed)
    truth = np.arange(perturbed + clean) < perturbed
    ratings = generator.integers(1, 7, (observers, perturbed + clean)).astype(float)
    placed = np.where(truth, generator.integers(0, 2, ratings.shape), -1).astype(np.int8)
    return truth, ratings, placed


def pair_scores(
    truth: NDArray[np.bool_], ratings: NDArray[np.float64], placed: NDArray[np.int8]
) -> NDArray[np.float64]:
    """I(place right)·ψ(perturbed, clean) of one observer, images perturbed × clean: Popescu's summands."""
    perturbed, clean = ratings[truth][:, None], ratings[~truth]
    scores: NDArray[np.float64] = (placed[truth] == 1)[:, None] * ((perturbed > clean) + 0.5 * (perturbed == clean))
    return scores


@pytest.mark.parametrize("seed", range(5))
def test_area_is_the_mean_over_pairs_of_images(seed: int) -> None:
    truth, ratings, placed = study(seed)

    found = summarise_lroc(truth, ratings, placed, tuple("ABCD"))

    areas = [pair_scores(truth, row, marks).mean() for row, marks in zip(ratings, placed, strict=True)]
    assert [area.estimate for area in found.observers.values()] == pytest.approx(areas)
    assert found.pooled.estimate == pytest.approx(np.mean(areas))


@pytest.mark.parametrize("seed", range(5))
def test_interval_of_one_observer_has_the_covariance_of_u_statistics(seed: int) -> None:
    truth, ratings, placed = study(seed)
    scores = pair_scores(truth, ratings[0], placed[0])
    variance = scores.mean(axis=1).var(ddof=1) / 15 + scores.mean(axis=0).var(ddof=1) / 12

    area = summarise_lroc(truth, ratings, placed, tuple("ABCD")).observers["A"]

    half = special.ndtri(0.975) * sqrt(variance)
    assert (area.low, area.high) == pytest.approx((max(0, scores.mean() - half), min(1, scores.mean() + half)))
    assert area.method.startswith(METHOD)


def test_with_all_places_right_it_is_the_roc_curve() -> None:
    from perception.analysis.ratings.summary import summarise_ratings

    truth, ratings, placed = study(1)
    right = np.where(truth, 1, placed).astype(np.int8)

    lroc, roc = summarise_lroc(truth, ratings, right, tuple("ABCD")), summarise_ratings(truth, ratings, tuple("ABCD"))

    assert lroc.curve == roc.curve
    assert lroc.pooled.estimate == roc.pooled.estimate
    assert lroc.crossed is not None
    assert roc.crossed is not None
    assert (lroc.crossed.low, lroc.crossed.high) == (roc.crossed.low, roc.crossed.high)


def test_with_all_places_wrong_it_is_0() -> None:
    truth, ratings, placed = study(2)
    wrong = np.where(truth, 0, placed).astype(np.int8)

    found = summarise_lroc(truth, ratings, wrong, tuple("ABCD"))

    assert found.pooled.estimate == 0
    assert {hits for _, _, hits in found.curve} == {0.0}


def test_curve_ends_at_the_share_of_right_places() -> None:
    truth, ratings, placed = study(3)

    _, false_alarms, hits = summarise_lroc(truth, ratings, placed, tuple("ABCD")).curve[-1]

    assert false_alarms == 1
    assert hits == pytest.approx((placed[:, truth] == 1).mean())


def test_image_without_a_mark_is_left_out() -> None:
    truth, ratings, placed = study(4)
    placed[0, 0] = -1

    found = rated_where_right(truth, ratings, placed)

    assert np.isnan(found[0, 0])
    assert np.isnan(found).sum() == 1


def test_guesses_reach_half_the_share_of_right_places() -> None:
    generator = np.random.default_rng(5)
    truth = np.arange(4000) < 2000
    ratings = generator.normal(size=(3, 4000))
    placed = (generator.random((3, 4000)) < 0.2).astype(np.int8)

    assert summarise_lroc(truth, ratings, placed, tuple("ABC")).pooled.estimate == pytest.approx(0.1, abs=0.01)


def test_nothing_rated_is_undefined() -> None:
    truth = np.array([True, False])

    found = summarise_lroc(truth, np.full((2, 2), np.nan), np.full((2, 2), -1, dtype=np.int8), ("A", "B"))

    assert found.pooled.estimate is None
    assert found.pooled.reason
    assert found.curve == ()


def test_no_perturbed_image_is_undefined() -> None:
    found = summarise_lroc(np.array([False]), np.array([[3.0]]), np.array([[-1]], dtype=np.int8), ("A",))

    assert found.pooled.reason == "the observers rated no perturbed image"


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        rated_where_right(np.array([True]), np.ones((1, 2)), np.ones((1, 2), dtype=np.int8))
