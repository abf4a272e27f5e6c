"""The area under the ROC curve of ratings.

DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837–845.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from perception.analysis.estimates.estimate import Estimate, require_level

METHOD = "DeLong 1988"
FEW_PAIRS = 10_000
"""So many pairs are compared faster than their images are sorted."""


@dataclass(frozen=True, slots=True)
class Placements:
    """Where each image stands among those of the other truth: DeLong's structural components.

    Attributes
    ----------
    perturbed
        float array: for each perturbed image the share of clean ones that are rated lower, ties as half.
    clean
        float array: for each clean image the share of perturbed ones that are rated higher, ties as half.
    """

    perturbed: NDArray[np.float64]
    clean: NDArray[np.float64]


def placements(perturbed: NDArray[np.floating], clean: NDArray[np.floating]) -> Placements:
    """Return where each image's rating stands among those of the other truth.

    Parameters
    ----------
    perturbed, clean
        float arrays of shape (m,) and (n,): the ratings of the perturbed and of the clean images, all of them known, at
        least one each.

    Returns
    -------
    Placements
        Its mean over the perturbed images, and that over the clean ones, is the area under the ROC curve.

    Notes
    -----
    With ranks among all m + n ratings and among those of one truth, ties at their mean rank, the placement of a
    perturbed image is (rank among all − rank among the perturbed)/n, that of a clean one 1 − (rank among all − rank
    among the clean)/m: the structural components of DeLong, DeLong & Clarke-Pearson (1988) by the work of sorting
    (Sun & Xu 2014), not of comparing all pairs. Where these are few, they are compared all the same, which is faster.

    References
    ----------
    - DeLong, E. R., DeLong, D. M., & Clarke-Pearson, D. L. (1988). Comparing the areas under two or more correlated
      receiver operating characteristic curves: a nonparametric approach. Biometrics 44:837–845. doi:10.2307/2531595
    - Sun, X., & Xu, W. (2014). Fast implementation of DeLong's algorithm for comparing the areas under correlated
      receiver operating characteristic curves. IEEE Signal Processing Letters 21:1389–1393.
      doi:10.1109/LSP.2014.2337313

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.ratings.roc import placements
    >>> found = placements(np.array([5.0, 3.0]), np.array([3.0, 1.0]))
    >>> found.perturbed.tolist(), found.clean.tolist()
    ([1.0, 0.75], [0.75, 1.0])
    """
    m, n = len(perturbed), len(clean)
    if m * n <= FEW_PAIRS:
        higher = (perturbed[:, None] > clean) + 0.5 * (perturbed[:, None] == clean)
        return Placements(higher.sum(axis=1) / n, higher.sum(axis=0) / m)
    ranks = stats.rankdata(np.concatenate([perturbed, clean]))
    of_perturbed = (ranks[:m] - stats.rankdata(perturbed)) / n
    of_clean = 1 - (ranks[m:] - stats.rankdata(clean)) / m
    return Placements(of_perturbed, of_clean)


def auc(truth: NDArray[np.bool_], ratings: NDArray[np.floating], *, level: float = 0.95) -> Estimate:
    """Estimate the area under the ROC curve: how often a perturbed image is rated higher than a clean one.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (I,): higher means more surely perturbed; nan where missing, and then left out.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Within [0, 1]; `n` counts the rated images. Undefined without a rated image of either truth. Without an interval
        (`low` and `high` None, `method` says why) with fewer than two of either, and where the variance is 0: it proves
        nothing.

    Raises
    ------
    ValueError
        The arrays differ in shape; a level outside (0, 1).

    Notes
    -----
    Ties count half. The direction is fixed: an observer who rates clean images higher has an area under ½. With s₁² and
    s₀² the variances of the `placements` of m perturbed and n clean images (DeLong, DeLong & Clarke-Pearson 1988):

        area ± z √(s₁²/m + s₀²/n), clipped to [0, 1]

    References
    ----------
    - DeLong, E. R., DeLong, D. M., & Clarke-Pearson, D. L. (1988). Comparing the areas under two or more correlated
      receiver operating characteristic curves: a nonparametric approach. Biometrics 44:837–845. doi:10.2307/2531595

    Examples
    --------
    Six steps from 1, surely clean, to 6, surely perturbed:

    >>> import numpy as np
    >>> from perception.analysis.ratings.roc import auc
    >>> truth = np.array([True] * 5 + [False] * 5)
    >>> found = auc(truth, np.array([6.0, 5.0, 4.0, 2.0, 5.0, 1.0, 2.0, 4.0, 3.0, 2.0]))
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.86 (0.61 to 1.00)
    >>> auc(truth[:5], np.array([6.0, 5.0, 4.0, 2.0, 5.0])).reason
    'there is no rating of a clean image'
    """
    require_level(level)
    if truth.shape != ratings.shape:
        raise ValueError(f"truth has the shape {truth.shape}, ratings {ratings.shape}")
    rated = ~np.isnan(ratings)
    perturbed, clean = ratings[rated & truth], ratings[rated & ~truth]
    n = len(perturbed) + len(clean)
    if not (len(perturbed) and len(clean)):
        which = "clean" if len(perturbed) else "perturbed"
        return Estimate.undefined(f"there is no rating of a {which} image", method=METHOD, level=level, n=n)
    placed = placements(perturbed, clean)
    area = float(placed.perturbed.mean())
    if min(len(perturbed), len(clean)) < 2:
        return Estimate(area, None, None, None, "no interval from a single image", n=n)
    variance = float(placed.perturbed.var(ddof=1)) / len(perturbed) + float(placed.clean.var(ddof=1)) / len(clean)
    if variance == 0:
        return Estimate(area, None, None, None, "no interval: a variance of 0 proves nothing", n=n)
    half = float(special.ndtri(0.5 + level / 2)) * sqrt(variance)
    return Estimate(area, max(0.0, area - half), min(1.0, area + half), level, METHOD, n=n)
