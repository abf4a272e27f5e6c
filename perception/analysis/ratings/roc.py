"""The area under the ROC curve of ratings.

DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837–845.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level

METHOD = "DeLong 1988"


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
    """Return the placements of the ratings of perturbed and of clean images, by ranks.

    Sun & Xu (2014), IEEE Signal Processing Letters 21:1389–1393: the work of sorting, not of comparing all pairs.
    """
    m, n = len(perturbed), len(clean)
    ranks = stats.rankdata(np.concatenate([perturbed, clean]))
    of_perturbed = (ranks[:m] - stats.rankdata(perturbed)) / n
    of_clean = 1 - (ranks[m:] - stats.rankdata(clean)) / m
    return Placements(of_perturbed, of_clean)


def auc(truth: NDArray[np.bool_], ratings: NDArray[np.floating], *, level: float = 0.95) -> Estimate:
    """Estimate the area under the ROC curve: how often a perturbed image is rated higher than a clean one.

    Ties count half. The direction is fixed: an observer who rates clean images higher has an area under ½. Variance:
    s₁²/m + s₀²/n of the placements; interval: estimate ± z SE, clipped to [0, 1].

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (I,): higher means more surely perturbed; nan where missing, and then left out.
    level
        Between 0 and 1.

    Returns
    -------
    Undefined without a rated image of either truth; without an interval with fewer than two of either, and where the
    variance is 0 (it proves nothing).

    Raises
    ------
    ValueError
        The arrays differ in shape.
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
    half = float(stats.norm.ppf(0.5 + level / 2)) * sqrt(variance)
    return Estimate(area, max(0.0, area - half), min(1.0, area + half), level, METHOD, n=n)
