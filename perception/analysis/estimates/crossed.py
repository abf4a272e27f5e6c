"""A proportion whose images and observers are both samples: other observers would have judged other images."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.clustered import clustered_proportion, ratio_variance
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import wilson
from perception.analysis.estimates.satterthwaite import satterthwaite_freedom

BOTH_RANDOM = "images and observers both random (two-way), Wilson at the effective n, t"
AS_THESE = "as wide as for these observers"
FEWEST_OBSERVERS = 3


def crossed_proportion(correct: NDArray[np.bool_], answered: NDArray[np.bool_], *, level: float = 0.95) -> Estimate:
    """Estimate a share of correct answers, for observers and images like these.

    Parameters
    ----------
    correct, answered
        bool arrays of shape (J, I): observers × images of one truth; `correct` only counts where `answered`.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        The share of correct among the given answers; `n` counts answers. Undefined without any answer. Without an
        interval (`low` and `high` None, `method` says why) with fewer than three observers or two images, and where all
        answers are correct or all wrong: the variance is then 0 and proves nothing.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Images and observers are both samples (two-way clusters, Cameron, Gelbach & Miller 2011). With v_image and
    v_observer of `ratio_variance` along either axis, v_cell = p(1 − p)/(N − 1) of single answers, G images and J
    observers:

        v = v_image + v_observer − v_cell, at least max(v_image, v_observer)
        df = v² / (v_image²/(G − 1) + v_observer²/(J − 1))

    with the degrees of freedom after Satterthwaite (1946). The interval is Wilson's at n_eff = min(N, p(1 − p)/v) with
    the quantile of t for z. Where every image and every observer has the same share, v is 0: n_eff is then N, and the
    degrees of freedom are the smaller of G − 1 and J − 1. Where that is narrower than for these observers
    (`clustered_proportion`), as it may be of few images, the interval is theirs, and `method` says so.

    References
    ----------
    - Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with multiway clustering. Journal of
      Business & Economic Statistics 29:238–249. doi:10.1198/jbes.2010.07136
    - Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components. Biometrics Bulletin
      2:110–114. doi:10.2307/3002019

    Examples
    --------
    Three observers judged five images:

    >>> import numpy as np
    >>> from perception.analysis.estimates.crossed import crossed_proportion
    >>> correct = np.array([[1, 1, 0, 0, 1], [1, 0, 0, 0, 1], [1, 1, 1, 0, 1]], dtype=bool)
    >>> share = crossed_proportion(correct, np.ones_like(correct))
    >>> print(f"{share.k} of {share.n}: {share.estimate:.2f} ({share.low:.2f} to {share.high:.2f})")
    9 of 15: 0.60 (0.16 to 0.92)
    >>> crossed_proportion(correct[:2], np.ones_like(correct[:2])).method
    'no interval from fewer than 3 observers'
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
        freedom = satterthwaite_freedom(variance, [(by_image, images - 1), (by_observer, observers - 1)])
        effective = min(total, p * (1 - p) / variance)
    else:
        freedom, effective = min(images, observers) - 1, total
    critical = float(stats.t.ppf(0.5 + level / 2, freedom))
    low, high = wilson(p * effective, effective, level, critical=critical)
    these = clustered_proportion(correct, answered, level=level)
    if these.low is not None and these.high is not None and high - low < these.high - these.low:
        return Estimate(p, these.low, these.high, level, f"{BOTH_RANDOM}; {AS_THESE}", n=total, k=right)
    return Estimate(p, low, high, level, BOTH_RANDOM, n=total, k=right)


def _why_no_interval(right: int, total: int, images: int, observers: int) -> str:
    if observers < FEWEST_OBSERVERS:
        return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
    if images < 2:
        return "no interval from a single image"
    if right in (0, total):
        return "no interval where all answers are alike"
    return ""
