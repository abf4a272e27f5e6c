"""The share of right choices between two images, against chance."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from perception.analysis.detection.equivalence import BalancedAccuracy
from perception.analysis.estimates.clustered import ratio_variance
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.spread import Spread

THESE_OBSERVERS = "share right, clustered by image, t; these observers"
THESE_BY_NORMAL = "share right, clustered by image, normal; these observers"
BOTH_RANDOM = "share right, images and observers both random (two-way), t"


def share_right_against_chance(
    right: NDArray[np.bool_],
    given: NDArray[np.bool_],
    *,
    observers_random: bool = False,
    level: float = 0.90,
    by_normal: bool = False,
) -> BalancedAccuracy:
    """Estimate the share of right choices between two images, for a test against chance.

    Parameters
    ----------
    right, given
        bool arrays of shape (J, I): observers × pairs; `right` only counts where `given`.
    observers_random
        Whether the statistic speaks for observers like these rather than for these.
    level
        Level of the interval, between 0 and 1; 0.90 for two one-sided tests at 0.05.
    by_normal
        Whether the interval for these observers has a normal quantile, as in the rule that protocols up to version 3
        fixed.

    Returns
    -------
    BalancedAccuracy
        Undefined without a choice. Without an interval (`low` and `high` None, `method` says why): where all choices
        are right, or all wrong, from a single pair, and from fewer than three observers where they are random.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    These observers: p ± t √v, v of `choice_variance`, with one degree of freedom less than there are pairs. Observers
    random: v = v_image + v_observer − v_cell, at least the larger of the first two, and t with Satterthwaite's degrees
    of freedom, as for `crossed_proportion`; where that is narrower than for these observers, the interval is theirs.
    Both are cut off at 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.detection.choices_against_chance import share_right_against_chance
    >>> right = np.array([[1, 1, 0, 1, 0, 1], [0, 1, 1, 1, 0, 0], [1, 0, 1, 1, 1, 0]], dtype=bool)
    >>> found = share_right_against_chance(right, np.ones_like(right))
    >>> print(f"{found.estimate.estimate:.2f} ({found.estimate.low:.2f} to {found.estimate.high:.2f})")
    0.61 (0.38 to 0.84)
    >>> print(f"{found.smallest_margin:.2f}")
    0.34
    """
    require_level(level)
    n, k = int(given.sum()), int((right & given).sum())
    method = BOTH_RANDOM if observers_random else THESE_BY_NORMAL if by_normal else THESE_OBSERVERS
    if n == 0:
        return BalancedAccuracy(
            Estimate.undefined("there is no answer", method=method, level=level, n=0, k=0), None, None
        )
    p = k / n
    reason = _why_no_interval(right, given, observers_random=observers_random)
    if reason:
        return BalancedAccuracy(Estimate(p, None, None, None, reason, n=n, k=k), None, None)
    these = Spread(choice_variance(right, given), float("inf") if by_normal else float(given.any(axis=0).sum() - 1))
    spread = these
    if observers_random:
        # The rule of protocols up to version 3 has its interval however narrow.
        spread = _random_spread(right, given) if by_normal else _random_spread(right, given).at_least(these, level)
    half = spread.half_width(level)
    low, high = max(0.0, p - half), min(1.0, p + half)
    return BalancedAccuracy(Estimate(p, low, high, level, method, n=n, k=k), sqrt(spread.variance), spread.freedom)


def choice_variance(right: NDArray[np.bool_], given: NDArray[np.bool_]) -> float:
    """Return the variance of the share of right choices, clustered by image, and at least that of independent choices.

    Parameters
    ----------
    right, given
        bool arrays of shape (J, I): observers × pairs; `right` only counts where `given`. At least one is given.
    """
    total = int(given.sum())
    p = float((right & given).sum()) / total
    return max(ratio_variance(right, given, axis=0), p * (1 - p) / total)


def _random_spread(right: NDArray[np.bool_], given: NDArray[np.bool_]) -> Spread:
    images, observers = int(given.any(axis=0).sum()), int(given.any(axis=1).sum())
    n = int(given.sum())
    p = float((right & given).sum()) / n
    by_image, by_observer = (ratio_variance(right, given, axis=axis) for axis in (0, 1))
    variance = max(by_image + by_observer - p * (1 - p) / (n - 1), by_image, by_observer)
    if variance == 0:
        # Every image and every observer has the same share right; that of independent choices is left.
        return Spread(p * (1 - p) / n, float(min(images, observers) - 1))
    return Spread(variance, variance**2 / (by_image**2 / (images - 1) + by_observer**2 / (observers - 1)))


def _why_no_interval(right: NDArray[np.bool_], given: NDArray[np.bool_], *, observers_random: bool) -> str:
    if int((right & given).sum()) in (0, int(given.sum())):
        return "no interval: all choices are alike, and a variance of 0 proves nothing"
    if int(given.any(axis=0).sum()) < 2:
        return "no interval from a single image"
    if observers_random and int(given.any(axis=1).sum()) < FEWEST_OBSERVERS:
        return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
    return ""
