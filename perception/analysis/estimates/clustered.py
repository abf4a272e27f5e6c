"""A proportion whose answers are clustered: several observers judged the same images.

Obuchowski (1998), On the comparison of correlated proportions for clustered data, Statistics in Medicine
17:1495–1507; the same variance as Rao & Scott (1992). The interval is Wilson's at the effective sample size.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import clopper_pearson, wilson

THESE_OBSERVERS = "clustered by image (Obuchowski 1998), Wilson at the effective n, t; these observers"
AT_THE_END = "Clopper–Pearson on images; these observers"


def ratio_variance(correct: NDArray[np.bool_], answered: NDArray[np.bool_], *, axis: int) -> float:
    """Return the variance of Σ correct / Σ answered, clustered along one axis.

    v = G/(G − 1) · Σ_g (a_g − p n_g)² / N², with a_g the correct and n_g the given answers of cluster g.

    Parameters
    ----------
    correct, answered
        bool arrays of shape (J, I): observers × images; `correct` only counts where `answered`.
    axis
        0 for clusters of one image each (summing over observers), 1 for clusters of one observer each.

    Returns
    -------
    The variance; nan with fewer than two clusters that hold an answer.
    """
    sizes = answered.sum(axis=axis)
    right = (correct & answered).sum(axis=axis)[sizes > 0]
    sizes = sizes[sizes > 0]
    clusters, total = len(sizes), sizes.sum()
    if clusters < 2:
        return float("nan")
    p = right.sum() / total
    return float(clusters / (clusters - 1) * ((right - p * sizes) ** 2).sum() / total**2)


def clustered_proportion(correct: NDArray[np.bool_], answered: NDArray[np.bool_], *, level: float = 0.95) -> Estimate:
    """Estimate a share of correct answers, for these observers and images like these.

    deff = v / (p(1 − p)/N); n_eff = min(N, N/deff); Wilson at n_eff with t(G − 1) in the place of z. Where all
    answers are right, or all wrong, v is 0 and proves nothing: Clopper–Pearson with n = the number of images.

    Parameters
    ----------
    correct, answered
        bool arrays of shape (J, I): observers × images of one truth.
    level
        Between 0 and 1.

    Returns
    -------
    Undefined without any answer; without an interval where a single image was judged both rightly and wrongly.
    """
    require_level(level)
    sizes = answered.sum(axis=0)
    total, right = int(sizes.sum()), int((correct & answered).sum())
    images = int((sizes > 0).sum())
    if total == 0:
        return Estimate.undefined("there is no answer", method=THESE_OBSERVERS, level=level, n=0, k=0)
    p = right / total
    if right in (0, total):
        low, high = clopper_pearson(images if right else 0, images, level)
        return Estimate(p, low, high, level, AT_THE_END, n=total, k=right)
    if images < 2:
        return Estimate(p, None, None, None, "no interval from a single image", n=total, k=right)
    variance = ratio_variance(correct, answered, axis=0)
    effective = min(total, p * (1 - p) / variance) if variance > 0 else total
    critical = float(stats.t.ppf(0.5 + level / 2, images - 1))
    low, high = wilson(p * effective, effective, level, critical=critical)
    return Estimate(p, low, high, level, THESE_OBSERVERS, n=total, k=right)
