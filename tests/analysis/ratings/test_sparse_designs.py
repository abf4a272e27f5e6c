"""Areas where each observer rated images of their own: Gallas' moments, counted out, and what they must agree with."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.analysis.ratings import sparse_designs
from perception.analysis.ratings.sparse_designs import mean_area_of_own_images, one_shot_variance


def own_images(
    seed: int, *, observers: int = 4, perturbed: int = 6, clean: int = 5, asked: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    truth = np.arange(perturbed + clean) < perturbed
    rated = generator.integers(1, 7, size=(observers, perturbed + clean)).astype(float) + truth
    for row in rated:
        row[generator.permutation(perturbed)[asked:]] = np.nan
        row[perturbed + generator.permutation(clean)[asked:]] = np.nan
    return truth, rated


def counted_out(truth: np.ndarray, rated: np.ndarray) -> float:
    """Return the variance by going through all pairs of comparisons, as the moments are defined."""
    terms = []
    for row, one, other in product(range(len(rated)), np.flatnonzero(truth), np.flatnonzero(~truth)):
        if not np.isnan(rated[row, [one, other]]).any():
            sizes = (~np.isnan(rated[row, truth])).sum() * (~np.isnan(rated[row, ~truth])).sum()
            higher = 0.5 * (np.sign(rated[row, one] - rated[row, other]) + 1)
            terms.append((row, one, other, higher, 1 / (len(rated) * sizes)))
    area = sum(weight * higher for *_, higher, weight in terms)
    apart = [(a, b) for a, b in product(terms, terms) if a[0] != b[0] and a[1] != b[1] and a[2] != b[2]]
    square = sum(a[3] * b[3] * a[4] * b[4] for a, b in apart) / sum(a[4] * b[4] for a, b in apart)
    return float(area**2 - square)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("asked", [2, 3, 6])
def test_the_variance_is_that_of_all_pairs_of_comparisons_that_share_nothing(seed: int, asked: int) -> None:
    truth, rated = own_images(seed, asked=asked)

    assert one_shot_variance(truth, rated) == pytest.approx(counted_out(truth, rated))


def test_the_table_of_images_in_blocks_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    truth, rated = own_images(1)
    whole = one_shot_variance(truth, rated)

    monkeypatch.setattr(sparse_designs, "BLOCK_CELLS", 10)

    assert one_shot_variance(truth, rated) == pytest.approx(whole, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), asked=st.integers(1, 5))
def test_the_order_of_observers_and_images_and_the_scale_of_ratings_do_not_matter(seed: int, asked: int) -> None:
    truth, rated = own_images(seed, asked=asked)
    generator = np.random.default_rng(seed)
    rows, columns = generator.permutation(len(rated)), generator.permutation(len(truth))

    result = mean_area_of_own_images(truth, rated)
    moved = mean_area_of_own_images(truth[columns], 10 * rated[rows][:, columns] - 3)
    turned = mean_area_of_own_images(truth, -rated)

    assert (moved.estimate, moved.low, moved.high) == pytest.approx((result.estimate, result.low, result.high))
    assert turned.estimate == pytest.approx(1 - (result.estimate or 0))
    assert 0 <= (result.low or 0) <= (result.estimate or 0) <= (result.high or 1) <= 1


def test_the_variance_is_unbiased_where_each_observer_draws_images_of_their_own() -> None:
    """Over studies drawn anew its mean is the variance of the area; that of fixed observers is far below."""
    generator = np.random.default_rng(7)
    truth = np.arange(80) < 40
    areas, variances = [], []
    for _ in range(300):
        seen = 1 + 0.8 * generator.normal(size=(6, 1))
        rated = seen * truth + generator.normal(size=(6, 80)) + 0.5 * generator.normal(size=80)
        for row in rated:
            row[generator.permutation(40)[12:]] = np.nan
            row[40 + generator.permutation(40)[12:]] = np.nan
        areas.append(mean_area_of_own_images(truth, rated).estimate or 0)
        variances.append(one_shot_variance(truth, rated))

    assert np.mean(variances) == pytest.approx(np.var(areas, ddof=1), rel=0.2)


@pytest.mark.parametrize(
    ("truth", "rated", "why"),
    [
        ([True, False], [[1.0, np.nan], [np.nan, 2.0]], "no observer rated images of both truths"),
        ([True, False], [[2.0, 1.0]] * 2, "no interval from fewer than 3 observers"),
        ([True, False], [[2.0, 1.0]] * 3, "no interval from a single image"),
        ([True, True, False, False], [[2.0, 2, 1, 1]] * 3, "no interval: a variance of 0 proves nothing"),
    ],
)
def test_what_cannot_be_estimated_says_why(truth: list[bool], rated: list[list[float]], why: str) -> None:
    result = mean_area_of_own_images(np.array(truth), np.array(rated))

    assert result.low is None
    assert (result.reason or result.method) == why
