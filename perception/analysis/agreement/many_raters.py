"""How far any number of raters agree beyond chance, with or without missing answers.

All standard errors, and the t distribution of the intervals, after Gwet (2014), Handbook of Inter-Rater Reliability,
4th edition, chapters 2, 5 and 6.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level

FLEISS = "Fleiss' kappa, standard error of Gwet 2014, t"
AC1 = "Gwet's AC1, standard error of Gwet 2014, t"
ALPHA = "Krippendorff's alpha, {scale}, standard error of Gwet 2014, t"
NO_PAIR = "no image was judged by two observers"
ONE_ANSWER = "every answer is the same"
ROUNDING = 1e-12

Counts = NDArray[np.integer]
Reals = NDArray[np.float64]
Scale = Literal["nominal", "ordinal"]


def counts_of_answers(responses: NDArray[np.int8], *, categories: int = 2) -> NDArray[np.int64]:
    """Count how many observers gave each answer to each image.

    Parameters
    ----------
    responses
        int8 array of shape (J, I): 0 to `categories` − 1, or −1 for missing.

    Returns
    -------
    int64 array of shape (I, categories).
    """
    return np.stack([(responses == answer).sum(axis=0) for answer in range(categories)], axis=1).astype(np.int64)


def fleiss_kappa(counts: Counts, *, level: float = 0.95) -> Estimate:
    """Compute Fleiss' kappa (1971), Psychological Bulletin 76:378–382, as Gwet extends it to missing answers.

    (p_a − p_e)/(1 − p_e) with p_e = Σ π_k², π_k the mean over images of the share of answers that are k.

    Parameters
    ----------
    counts
        int array of shape (I, q): how many raters put each image into each category. Images with a single answer count
        in π, not in p_a; images without any are left out.
    level
        Between 0 and 1.

    Returns
    -------
    Undefined where no image has two answers, and where all answers are alike. Without an interval from one image, or
    where the standard error is 0.
    """
    return _corrected(counts, lambda shares: shares, FLEISS, level)


def gwet_ac1(counts: Counts, *, level: float = 0.95) -> Estimate:
    """Compute Gwet's AC1 (2008), British Journal of Mathematical and Statistical Psychology 61:29–48.

    (p_a − p_e)/(1 − p_e) with p_e = Σ π_k (1 − π_k)/(q − 1). It stays near the observed agreement where nearly all
    answers are alike, where kappa falls to 0. The number of categories q is that of the columns, used or not.

    Parameters and undefined cases as for `fleiss_kappa`; alike answers give 1.

    Raises
    ------
    ValueError
        Fewer than two categories.
    """
    if counts.shape[1] < 2:
        raise ValueError("agreement is about two categories or more")
    return _corrected(counts, lambda shares: (1 - shares) / (len(shares) - 1), AC1, level)


def krippendorff_alpha(counts: Counts, *, scale: Scale = "nominal", level: float = 0.95) -> Estimate:
    """Compute Krippendorff's alpha (2011), Computing Krippendorff's Alpha-Reliability.

    1 − D_o/D_e over the images with at least two answers. On the ordinal scale the difference of two categories c < k
    is Krippendorff's own, (Σ_{g=c..k} n_g − (n_c + n_k)/2)², with n_g how often g was given; the standard error takes
    it as known. (Gwet's "ordinal weights" are another metric and give another value.)

    Parameters
    ----------
    counts
        int array of shape (I, q), categories in order where the scale is ordinal.
    scale
        "nominal" or "ordinal".
    level
        Between 0 and 1.

    Returns
    -------
    Undefined where no image has two answers, and where all answers to such images are alike. Without an interval from
    one image, or where the standard error is 0.
    """
    require_level(level)
    method = ALPHA.format(scale=scale)
    counts = counts[counts.sum(axis=1) >= 2]
    images, sizes = len(counts), counts.sum(axis=1)
    if images == 0:
        return Estimate.undefined(NO_PAIR, method=method, level=level, n=0)
    if np.count_nonzero(counts.sum(axis=0)) < 2:
        return Estimate.undefined(ONE_ANSWER, method=method, level=level, n=images)
    weights = np.eye(counts.shape[1]) if scale == "nominal" else _ordinal_weights(counts.sum(axis=0))
    mean_size = sizes.mean()
    shares = counts.sum(axis=0) / sizes.sum()
    agreeing = (counts * (counts @ weights - 1)).sum(axis=1) / (mean_size * (sizes - 1))
    excess = (sizes - mean_size) / mean_size
    observed, expected = agreeing.mean(), float(shares @ weights @ shares)
    corrected_for_n = (1 - 1 / sizes.sum()) * observed + 1 / sizes.sum()
    influence = _influence(
        _Agreement(agreeing - observed * excess, float(observed)),
        _Agreement(counts @ (weights @ shares) / mean_size - expected * excess, expected),
    )
    return _with_interval((corrected_for_n - expected) / (1 - expected), influence, method, level)


@dataclass(frozen=True, slots=True)
class _Agreement:
    """Agreement of each image, shape (I,), and over all."""

    of_images: Reals
    overall: float


def _corrected(counts: Counts, chance: Callable[[Reals], Reals], method: str, level: float) -> Estimate:
    """Correct the observed agreement by a chance agreement of Σ π_k c_k(π); `chance` gives c of π."""
    require_level(level)
    counts = counts[counts.sum(axis=1) > 0]
    images, sizes = len(counts), counts.sum(axis=1)
    paired = sizes >= 2
    if not paired.any():
        return Estimate.undefined(NO_PAIR, method=method, level=level, n=images)
    agreeing = (counts * (counts - 1)).sum(axis=1) / np.maximum(sizes * (sizes - 1), 1)
    shares = (counts / sizes[:, None]).mean(axis=0)
    by_category = chance(shares)
    observed, expected = float(agreeing[paired].mean()), float(shares @ by_category)
    if 1 - expected < ROUNDING:
        return Estimate.undefined(ONE_ANSWER, method=method, level=level, n=images)
    # Each image that has two answers stands for the images that have not.
    weight = images / paired.sum()
    coefficient = (observed - expected) / (1 - expected)
    of_images = weight * (agreeing - expected * paired) / (1 - expected)
    correction = 2 * (1 - coefficient) * (counts @ by_category / sizes - expected) / (1 - expected)
    return _with_interval(coefficient, of_images - correction - coefficient, method, level)


def _influence(observed: _Agreement, expected: _Agreement) -> Reals:
    """Return how far each image moves the coefficient from its mean."""
    left = 1 - expected.overall
    coefficient = (observed.overall - expected.overall) / left
    of_images = (observed.of_images - expected.overall) / left
    return of_images - 2 * (1 - coefficient) * (expected.of_images - expected.overall) / left - coefficient


def _with_interval(coefficient: float, influence: Reals, method: str, level: float) -> Estimate:
    images = len(influence)
    if images < 2:
        return Estimate(float(coefficient), None, None, None, "no interval from a single image", n=images)
    error = sqrt(float((influence**2).sum()) / (images * (images - 1)))
    if error < ROUNDING:
        reason = "no interval: the standard error is 0, which proves nothing"
        return Estimate(float(coefficient), None, None, None, reason, n=images)
    half = float(stats.t.ppf(0.5 + level / 2, images - 1)) * error
    # With missing answers a coefficient itself can lie below −1 (one image with one answer is enough).
    low, high = max(min(-1.0, coefficient), coefficient - half), min(1.0, coefficient + half)
    return Estimate(float(coefficient), float(low), float(high), level, method, n=images)


def _ordinal_weights(given: NDArray[np.integer]) -> Reals:
    """Return 1 − δ²/max δ² of each two categories, shape (q, q)."""
    upto = np.cumsum(given) - given / 2
    differences = (upto[:, None] - upto[None, :]) ** 2
    weights: Reals = 1 - differences / differences.max()
    return weights
