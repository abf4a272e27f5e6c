"""Error covariances of figures of merit, against what defines them: all pairs of images, and leaving each image out."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from perception.analysis.two_arms.covariance import CovarianceMethod, ErrorCovariances, error_covariances
from perception.analysis.two_arms.merit import Merit, mean_of, roc_area, share_right

RNG = np.random.default_rng(3)
OBSERVERS, IMAGES = 4, 25
TRUTH = np.arange(IMAGES) < 11
RATINGS = np.clip(RNG.integers(1, 6, (2, OBSERVERS, IMAGES)) + TRUTH, 1, 6).astype(float)
ALL = np.arange(IMAGES)
Floats = NDArray[np.float64]


def of_all(merit: Callable[[Floats], Merit | None], ratings: Floats = RATINGS) -> tuple[list[Merit], list[Merit]]:
    """Return the figures of both arms."""
    one, other = ([figure for row in arm if (figure := merit(row)) is not None] for arm in ratings)
    return one, other


def area(ratings: Floats) -> float:
    """Return the share of pairs of which the perturbed image is rated higher: the definition, over all pairs."""
    higher = ratings[TRUTH][:, None] - ratings[~TRUTH][None, :]
    return float(((higher > 0) + (higher == 0) / 2).mean())


def kernel_covariance(one: Floats, other: Floats) -> float:
    """Return DeLong, DeLong & Clarke-Pearson's covariance by its definition, equations (4) to (7)."""
    kernels = []
    for ratings in (one, other):
        higher = ratings[TRUTH][:, None] - ratings[~TRUTH][None, :]
        kernels.append((higher > 0) + (higher == 0) / 2)
    total = 0.0
    for axis in (1, 0):
        components = [kernel.mean(axis=axis) for kernel in kernels]
        n = len(components[0])
        means = [kernel.mean() for kernel in kernels]
        total += sum((a - means[0]) * (b - means[1]) for a, b in zip(*components, strict=True)) / (n - 1) / n
    return total


def averages(covariance: Callable[[tuple[int, int], tuple[int, int]], float]) -> tuple[float, ...]:
    """Return Var(ε), Cov₁, Cov₂ and Cov₃ of a function of two cells, each an arm and an observer."""
    kinds: dict[tuple[bool, bool], list[float]] = {}
    cells = list(product(range(2), range(OBSERVERS)))
    for one, other in product(cells, cells):
        kinds.setdefault((one[0] == other[0], one[1] == other[1]), []).append(covariance(one, other))
    return tuple(float(np.mean(kinds[kind])) for kind in ((True, True), (False, True), (True, False), (False, False)))


def four(found: ErrorCovariances) -> tuple[float, ...]:
    return found.variance, found.same_observer, found.same_arm, found.neither


def test_areas_have_delong_covariances() -> None:
    found = error_covariances(of_all(lambda row: roc_area(TRUTH, row, ALL)))

    assert four(found) == pytest.approx(averages(lambda one, other: kernel_covariance(RATINGS[one], RATINGS[other])))


def test_the_jackknife_leaves_each_image_out() -> None:
    """By leaving each image out and computing every area anew: (N − 1)/N times the sum of products."""
    left_out = np.empty((2, OBSERVERS, IMAGES))
    for arm, observer, image in product(range(2), range(OBSERVERS), range(IMAGES)):
        kept = image != ALL
        figure = roc_area(TRUTH[kept], RATINGS[arm, observer][kept], ALL[kept])
        assert figure is not None
        left_out[arm, observer, image] = figure.value
    deviations = left_out - left_out.mean(axis=2, keepdims=True)

    found = error_covariances(of_all(lambda row: roc_area(TRUTH, row, ALL)), method=CovarianceMethod.JACKKNIFE)

    expected = averages(lambda one, other: float((deviations[one] * deviations[other]).sum()) * (IMAGES - 1) / IMAGES)
    assert four(found) == pytest.approx(expected)


def test_shares_have_the_covariances_of_means() -> None:
    right = RATINGS[:, :, TRUTH] > 3
    n = int(TRUTH.sum())

    found = error_covariances(of_all(lambda row: share_right(row[TRUTH] > 3, ALL[TRUTH])))

    assert four(found) == pytest.approx(averages(lambda one, other: float(np.cov(right[one], right[other])[0, 1]) / n))


def test_balanced_accuracy_adds_both_truths() -> None:
    right = (RATINGS > 3) == TRUTH

    def covariance(one: tuple[int, int], other: tuple[int, int]) -> float:
        of_truths = (np.cov(right[one][which], right[other][which])[0, 1] / which.sum() for which in (TRUTH, ~TRUTH))
        return float(sum(of_truths)) / 4

    def merit(row: Floats) -> Merit | None:
        of_perturbed, of_clean = ((row[which] > 3) == TRUTH[which] for which in (TRUTH, ~TRUTH))
        return mean_of(share_right(of_perturbed, ALL[TRUTH]), share_right(of_clean, ALL[~TRUTH]))

    assert four(error_covariances(of_all(merit))) == pytest.approx(averages(covariance))


def test_other_images_in_each_arm_have_nothing_in_common() -> None:
    one, _ = of_all(lambda row: roc_area(TRUTH, row, ALL))
    _, other = of_all(lambda row: roc_area(TRUTH, row, ALL + IMAGES))

    found = error_covariances((one, other))

    assert (found.same_observer, found.neither) == (0, 0)
    paired = error_covariances(of_all(lambda row: roc_area(TRUTH, row, ALL)))
    assert (found.variance, found.same_arm) == pytest.approx((paired.variance, paired.same_arm))


def test_other_images_for_each_observer_have_nothing_in_common() -> None:
    arms = tuple(
        [figure for place, row in enumerate(arm) if (figure := roc_area(TRUTH, row, ALL + place * IMAGES)) is not None]
        for arm in RATINGS
    )

    found = error_covariances((arms[0], arms[1]))

    assert (found.same_arm, found.neither) == pytest.approx((0, 0), abs=1e-15)
    assert found.same_observer > 0


def test_an_image_may_be_of_another_truth_in_the_other_arm() -> None:
    """Each image perturbed in one arm and clean in the other: what it adds to both errors is multiplied as ever."""
    one = [figure for row in RATINGS[0] if (figure := roc_area(TRUTH, row, ALL)) is not None]
    other = [figure for row in RATINGS[1] if (figure := roc_area(~TRUTH, row, ALL)) is not None]

    found = error_covariances((one, other))

    mirrored = error_covariances(of_all(lambda row: roc_area(TRUTH, row, ALL)))
    assert found.same_observer == pytest.approx(-mirrored.same_observer)
    assert found.variance == pytest.approx(mirrored.variance)


def test_a_single_image_and_other_observers_are_refused() -> None:
    one = share_right(np.array([True]), np.array([0]))
    many = share_right(np.array([True, False]), np.array([0, 1]))
    assert one is not None
    assert many is not None

    with pytest.raises(ValueError, match="single image"):
        error_covariances(([one], [many]))
    with pytest.raises(ValueError, match="same ones"):
        error_covariances(([many], [many, many]))
    with pytest.raises(ValueError, match="same ones"):
        error_covariances(([], []))
