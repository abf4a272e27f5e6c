"""A proportion whose images and observers are both samples: other observers would have judged other images."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.clustered import ratio_variance
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import wilson

BOTH_RANDOM = "images and observers both random (two-way), Wilson at the effective n, t"
FEWEST_OBSERVERS = 3


def crossed_proportion(correct: NDArray[np.bool_], answered: NDArray[np.bool_], *, level: float = 0.95) -> Estimate:
    """Estimate a share of correct answers, for observers and images like these.

    v = v_image + v_observer − v_cell, at least max(v_image, v_observer); Satterthwaite's degrees of freedom
    v² / (v_image²/(G − 1) + v_observer²/(J − 1)); Wilson at n_eff = min(N, p(1 − p)/v) with that t. Where every image
    and every observer has the same share right, v is 0: n_eff is then N, and the degrees of freedom are the smaller of
    G − 1 and J − 1.

    Parameters
    ----------
    correct, answered
        bool arrays of shape (J, I): observers × images of one truth.
    level
        Between 0 and 1.

    Returns
    -------
    Undefined without any answer. Without an interval: with fewer than three observers or two images, and where all
    answers are right or all wrong (the variance is then 0 and proves nothing).
    """
    require_level(level)
    total, right = int(answered.sum()), int((correct & answered).sum())
    images, observers = int(answered.any(axis=0).sum()), int(answered.any(axis=1).sum())
    if total == 0:
        return Estimate.undefined("there is no answer", method=BOTH_RANDOM, level=level, n=0, k=0)
    p = right / total
    reason = _why_no_interval(right, total, images, observers)
    if reason:
        return Estimate(p, None, None, None, reason, n=total, k=right)
    by_image, by_observer = (ratio_variance(correct, answered, axis=axis) for axis in (0, 1))
    cell = total / (total - 1) * p * (1 - p) / total
    variance = max(by_image + by_observer - cell, by_image, by_observer)
    if variance > 0:
        freedom = variance**2 / (by_image**2 / (images - 1) + by_observer**2 / (observers - 1))
        effective = min(total, p * (1 - p) / variance)
    else:
        freedom, effective = min(images, observers) - 1, total
    critical = float(stats.t.ppf(0.5 + level / 2, freedom))
    low, high = wilson(p * effective, effective, level, critical=critical)
    return Estimate(p, low, high, level, BOTH_RANDOM, n=total, k=right)


def _why_no_interval(right: int, total: int, images: int, observers: int) -> str:
    if observers < FEWEST_OBSERVERS:
        return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
    if images < 2:
        return "no interval from a single image"
    if right in (0, total):
        return "no interval where all answers are alike"
    return ""
