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
        int8 array of shape (J, I), observers × images: 0 to `categories` − 1, or −1 for missing.
    categories
        Number of possible answers.

    Returns
    -------
    ndarray
        int64 array of shape (I, categories).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.agreement.many_raters import counts_of_answers
    >>> counts_of_answers(np.array([[1, 0, -1], [1, 1, 0]], dtype=np.int8)).tolist()
    [[0, 2], [1, 1], [1, 0]]
    """
    return np.stack([(responses == answer).sum(axis=0) for answer in range(categories)], axis=1).astype(np.int64)


def fleiss_kappa(counts: Counts, *, level: float = 0.95) -> Estimate:
    """Compute Fleiss' kappa, as Gwet extends it to missing answers.

    Parameters
    ----------
    counts
        int array of shape (I, q), at least 0: how many raters put each image into each category. Images with a single
        answer count in the shares π, not in p_a; images without any are left out.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        `n` counts the images with an answer. Undefined where no image has two answers, and where all answers are alike.
        Without an interval (`low` and `high` None, `method` says why) from one image, or where the standard error is 0.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With r_ik raters who put image i into category k, r_i = Σ_k r_ik, p_a the mean over the images with two answers or
    more of Σ_k r_ik (r_ik − 1) / (r_i (r_i − 1)), and π_k the mean over all images of r_ik/r_i:

        (p_a − p_e) / (1 − p_e),  p_e = Σ_k π_k²

    Without missing answers this is Fleiss' own (1971). Standard error, and t with images − 1 degrees of freedom, after
    Gwet (2014): of a sample of images, for these raters. The interval is clipped to [−1, 1].

    References
    ----------
    - Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76:378–382.
      doi:10.1037/h0031619
    - Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th edition, chapters 2, 5 and 6. Gaithersburg: Advanced
      Analytics.

    Examples
    --------
    Four observers judged six images; the columns count those who said “clean” and “perturbed”:

    >>> import numpy as np
    >>> from perception.analysis.agreement.many_raters import fleiss_kappa
    >>> counts = np.array([[4, 0], [3, 1], [0, 4], [1, 3], [2, 2], [0, 3]])
    >>> found = fleiss_kappa(counts)
    >>> print(f"{found.estimate:.3f} ({found.low:.3f} to {found.high:.3f})")
    0.429 (-0.225 to 1.000)
    >>> fleiss_kappa(np.array([[4, 0], [4, 0]])).reason
    'every answer is the same'
    """
    return _corrected(counts, lambda shares: shares, FLEISS, level)


def gwet_ac1(counts: Counts, *, level: float = 0.95) -> Estimate:
    """Compute Gwet's AC1.

    Parameters
    ----------
    counts
        int array of shape (I, q), at least 0, q at least 2: how many raters put each image into each category. Images
        with a single answer count in the shares π, not in p_a; images without any are left out.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        `n` counts the images with an answer. Undefined where no image has two answers. Without an interval (`low` and
        `high` None, `method` says why) from one image, or where the standard error is 0: where all answers are alike,
        the coefficient is 1.

    Raises
    ------
    ValueError
        Fewer than two categories; a level outside (0, 1).

    Notes
    -----
    With p_a and π as for `fleiss_kappa` and q the number of columns, used or not (Gwet 2008):

        (p_a − p_e) / (1 − p_e),  p_e = Σ_k π_k (1 − π_k) / (q − 1)

    It stays near the observed agreement where nearly all answers are alike, where kappa falls to 0. Standard error, and
    t with images − 1 degrees of freedom, after Gwet (2014). The interval is clipped to [−1, 1].

    References
    ----------
    - Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement. British
      Journal of Mathematical and Statistical Psychology 61:29–48. doi:10.1348/000711006X126600
    - Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th edition, chapters 2, 5 and 6. Gaithersburg: Advanced
      Analytics.

    Examples
    --------
    Four observers who call nearly every image clean; their kappa is below 0:

    >>> import numpy as np
    >>> from perception.analysis.agreement.many_raters import fleiss_kappa, gwet_ac1
    >>> counts = np.array([[4, 0], [4, 0], [4, 0], [3, 1], [4, 0], [4, 0], [3, 1], [4, 0]])
    >>> found = gwet_ac1(counts)
    >>> print(f"{found.estimate:.3f} ({found.low:.3f} to {found.high:.3f})")
    0.858 (0.612 to 1.000)
    >>> print(f"{fleiss_kappa(counts).estimate:.3f}")
    -0.067
    """
    if counts.shape[1] < 2:
        raise ValueError("agreement is about two categories or more")
    return _corrected(counts, lambda shares: (1 - shares) / (len(shares) - 1), AC1, level)


def krippendorff_alpha(counts: Counts, *, scale: Scale = "nominal", level: float = 0.95) -> Estimate:
    """Compute Krippendorff's alpha.

    Parameters
    ----------
    counts
        int array of shape (I, q), at least 0: how many raters put each image into each category; categories in
        ascending order where the scale is ordinal. Images with fewer than two answers are left out.
    scale
        "nominal" or "ordinal".
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        `n` counts the images with at least two answers. Undefined where there is none, and where all answers to such
        images are alike. Without an interval (`low` and `high` None, `method` says why) from one image, or where the
        standard error is 0.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With D_o the observed disagreement of two answers to one image, and D_e that of any two answers (Krippendorff 2011;
    Hayes & Krippendorff 2007):

        1 − D_o/D_e

    On the nominal scale two categories differ by 1. On the ordinal scale the difference of c < k is Krippendorff's own,
    (Σ_{g=c..k} n_g − (n_c + n_k)/2)², with n_g how often g was given; Gwet's “ordinal weights” are another metric and
    give another value. Standard error, and t with images − 1 degrees of freedom, after Gwet (2014), which takes the
    metric as known.

    References
    ----------
    - Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability.
    - Hayes, A. F., & Krippendorff, K. (2007). Answering the call for a standard reliability measure for coding data.
      Communication Methods and Measures 1:77–89. doi:10.1080/19312450709336664
    - Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th edition, chapters 2, 5 and 6. Gaithersburg: Advanced
      Analytics.

    Examples
    --------
    Krippendorff's own example (2011): four observers, twelve units, five categories, missing answers;
    0.743 and 0.815:

    >>> import numpy as np
    >>> from perception.analysis.agreement.many_raters import counts_of_answers, krippendorff_alpha
    >>> none = -1
    >>> responses = np.array(
    ...     [
    ...         [0, 1, 2, 2, 1, 0, 3, 0, 1, none, none, none],
    ...         [0, 1, 2, 2, 1, 1, 3, 0, 1, 4, none, 2],
    ...         [none, 2, 2, 2, 1, 2, 3, 1, 1, 4, 0, none],
    ...         [0, 1, 2, 2, 1, 3, 3, 0, 1, 4, 0, none],
    ...     ],
    ...     dtype=np.int8,
    ... )
    >>> counts = counts_of_answers(responses, categories=5)
    >>> print(f"{krippendorff_alpha(counts).estimate:.3f}")
    0.743
    >>> print(f"{krippendorff_alpha(counts, scale='ordinal').estimate:.3f}")
    0.815
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
