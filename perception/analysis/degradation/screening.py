"""Screening of observers by the rule of Recommendation ITU-R BT.500, for methods with a double stimulus and grades."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from perception.analysis.json_values import JsonObject

OUTSIDE_SHARE = 0.05
"""More of an observer's grades than this lie outside the range in which an image's grades are expected …"""
ONE_SIDED = 0.3
"""… and they do so on both sides: the difference of both counts is a smaller part of their sum than this."""
NORMAL_KURTOSIS = (2.0, 4.0)
"""An image's grades are taken as normally distributed where β₂ lies within."""
RECOMMENDED_BELOW = 20
"""The recommendation restricts the rule to fewer observers than these, none of them an expert."""
RULE = "ITU-R BT.500-14, Annex 1, screening of observers by β₂"


@dataclass(frozen=True, slots=True)
class ScreenedObserver:
    """What the rule counted of one observer.

    Attributes
    ----------
    graded
        How many images the observer graded.
    above, below
        P and Q: of how many images the grade lay at or above the upper, at or below the lower limit.
    correlation
        Pearson's correlation of the observer's grades with the mean of all others', over images; None where either does
        not vary. No rule rests on it: where changes are hardly seen, grades hardly vary.
    rejected
        Whether the rule rejects the observer.
    """

    graded: int
    above: int
    below: int
    correlation: float | None
    rejected: bool

    def as_dict(self) -> JsonObject:
        """Return the counts as JSON."""
        return {
            "graded": self.graded,
            "above": self.above,
            "below": self.below,
            "correlation": self.correlation,
            "rejected": self.rejected,
        }


def screen_observers(grades: NDArray[np.float64]) -> list[ScreenedObserver]:
    """Apply the rule once to all observers: it is not to be applied again to those who are left.

    Parameters
    ----------
    grades
        float array of shape (J, I), observers × images, hidden references among them: 1 to 5, nan where not graded.

    Returns
    -------
    list of ScreenedObserver
        One an observer, in their order.

    Notes
    -----
    Of image k, with N grades, mean ū, s² = Σ(u − ū)²/(N − 1) and m_x = Σ(u − ū)ˣ/N, the kurtosis coefficient is
    β₂ = m₄/m₂². The limits are ū ± 2s where 2 ≤ β₂ ≤ 4, else ū ± √20 s. Observer i has P_i grades at or above the upper
    and Q_i at or below the lower limit, and is rejected where

        (P_i + Q_i)/K_i > 0.05  and  |P_i − Q_i|/(P_i + Q_i) < 0.3

    with K_i the images that the observer graded. An image whose grades are all alike (s = 0) has no limits, and its
    grades are in neither count: as the formulas stand, they would be in both, of every observer.

    References
    ----------
    - ITU-R (2019). Recommendation BT.500-14: Methodologies for the subjective assessment of the quality of television
      images. Annex 1, section 2.3.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.degradation.screening import screen_observers
    >>> grades = np.array([2.0, 2, 3, 3, 3, 3, 3, 3, 4, 4] * 2)
    >>> steady = np.array([np.roll(grades, image) for image in range(20)]).T
    >>> erring = np.tile([1.0, 5.0], (1, 10))
    >>> last = screen_observers(np.vstack([steady, erring]))[-1]
    >>> last.above, last.below, last.rejected
    (10, 10, True)
    """
    given = ~np.isnan(grades)
    counts = given.sum(axis=0)
    filled = np.where(given, grades, 0.0)
    mean = filled.sum(axis=0) / np.maximum(counts, 1)
    deviations = np.where(given, filled - mean, 0.0)
    second, fourth = ((deviations**power).sum(axis=0) / np.maximum(counts, 1) for power in (2, 4))
    vary = (counts > 1) & (second > 0)
    kurtosis = np.divide(fourth, second**2, out=np.zeros_like(second), where=vary)
    spread = np.sqrt((deviations**2).sum(axis=0) / np.maximum(counts - 1, 1))
    lowest, highest = NORMAL_KURTOSIS
    width = np.where((kurtosis >= lowest) & (kurtosis <= highest), 2.0, sqrt(20)) * spread
    counted = given & vary
    above = (counted & (deviations >= width)).sum(axis=1)
    below = (counted & (deviations <= -width)).sum(axis=1)
    graded = given.sum(axis=1)
    totals = filled.sum(axis=0)
    return [
        ScreenedObserver(
            graded=int(graded[who]),
            above=int(above[who]),
            below=int(below[who]),
            correlation=_correlation_with_others(filled[who], given[who], totals, counts),
            rejected=_is_rejected(int(above[who]), int(below[who]), int(graded[who])),
        )
        for who in range(len(grades))
    ]


def _is_rejected(above: int, below: int, graded: int) -> bool:
    outside = above + below
    return outside > OUTSIDE_SHARE * graded and abs(above - below) < ONE_SIDED * outside


def _correlation_with_others(
    filled: NDArray[np.float64], given: NDArray[np.bool_], totals: NDArray[np.float64], counts: NDArray[np.int_]
) -> float | None:
    others = counts - given
    both = given & (others > 0)
    own = filled[both]
    theirs = (totals - filled)[both] / others[both]
    if len(own) < 3 or np.ptp(own) == 0 or np.ptp(theirs) == 0:
        return None
    return float(np.corrcoef(own, theirs)[0, 1])
