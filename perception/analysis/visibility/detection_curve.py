"""How the share who noticed rises with a measure: groups of image pairs, and a logistic curve."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.estimates.crossed import crossed_proportion
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.json_values import JsonObject
from perception.analysis.visibility.noticed_answers import NoticedAnswers, Reals

MOST_GROUPS = 5
FEWEST_IN_A_GROUP = 5


@dataclass(frozen=True, slots=True)
class Point:
    """Image pairs of about the same value.

    Attributes
    ----------
    low, high
        Their smallest and largest value.
    middle
        The median of their values.
    share
        The share of answers that noticed them.
    """

    low: float
    high: float
    middle: float
    share: Estimate

    def as_dict(self) -> JsonObject:
        """Return the point as JSON; null stands for an infinite value, which JSON does not have."""
        places = {"low": self.low, "high": self.high, "middle": self.middle}
        return {
            **{name: value if np.isfinite(value) else None for name, value in places.items()},
            "share": self.share.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class DetectionCurve:
    """Detection against a measure.

    Attributes
    ----------
    points
        Groups of as many image pairs each, by ascending value.
    intercept, slope
        Of the logistic curve: logit of the share at a value is `intercept` + `slope` × value. None where there is no
        most likely one: the values separate noticed from unnoticed wholly, or there is one value alone.
    """

    points: tuple[Point, ...]
    intercept: float | None
    slope: float | None

    def at(self, values: Reals) -> Reals | None:
        """Return the curve's shares at values; None where there is no curve.

        Parameters
        ----------
        values
            float array of any shape.
        """
        if self.intercept is None or self.slope is None:
            return None
        return np.asarray(1 / (1 + np.exp(-(self.intercept + self.slope * values))), dtype=float)

    def as_dict(self) -> JsonObject:
        """Return the curve as JSON."""
        return {
            "points": [point.as_dict() for point in self.points],
            "intercept": self.intercept,
            "slope": self.slope,
        }


def detection_curve(answers: NoticedAnswers, values: Reals, *, level: float = 0.95) -> DetectionCurve:
    """Follow the share who noticed along a measure.

    Parameters
    ----------
    answers
        To items that each have at least one.
    values
        float array of shape (items,): the measure; infinite values are in the last group, and not in the curve.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    DetectionCurve
        Without a slope where the values part noticed from unnoticed, wholly or but for one value, or are all alike.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Up to five groups of at least five image pairs; equal values stay in one group. Shares by `crossed_proportion`. The
    curve is that of a logistic regression on the counts (maximum likelihood); it describes, and has no interval:
    answers to one image are not independent.

    References
    ----------
    - Albert, A., & Anderson, J. A. (1984). On the existence of maximum likelihood estimates in logistic regression
      models. Biometrika 71:1–10. doi:10.1093/biomet/71.1.1
    """
    noticed, answered = answers.table()
    points = []
    for group in _groups(values):
        share = crossed_proportion(noticed[:, group], answered[:, group], level=level)
        of_group = values[group]
        points.append(Point(float(of_group.min()), float(of_group.max()), float(np.median(of_group)), share))
    intercept, slope = _logistic(answers, values)
    return DetectionCurve(tuple(points), intercept, slope)


def _groups(values: Reals) -> list[NDArray[np.intp]]:
    """Return the indices of the items in each group, by ascending value."""
    groups = max(1, min(MOST_GROUPS, len(values) // FEWEST_IN_A_GROUP))
    limits = np.unique(np.quantile(values, np.arange(1, groups) / groups, method="lower"))
    of_item = np.searchsorted(limits, values, side="left")
    found = [np.flatnonzero(of_item == group) for group in np.unique(of_item)]
    # Of many equal values few others are left between two limits: they go with their neighbours.
    merged = found[:1]
    for group in found[1:]:
        if min(len(group), len(merged[-1])) < FEWEST_IN_A_GROUP:
            merged[-1] = np.sort(np.concatenate([merged[-1], group]))
        else:
            merged.append(group)
    return merged


def _overlap(values: Reals, *, noticed: NDArray[np.bool_], unnoticed: NDArray[np.bool_]) -> bool:
    """Tell whether there is a most likely curve: answers of both kinds on both sides of every value between them.

    Where what was noticed lies above all that was not, or beside it at one value alone, the curve is the steeper the
    likelier, without end (Albert & Anderson 1984, complete and quasi-complete separation).
    """
    of_noticed, of_unnoticed = values[noticed], values[unnoticed]
    if not (of_noticed.size and of_unnoticed.size):
        return False
    return bool(of_noticed.min() < of_unnoticed.max() and of_unnoticed.min() < of_noticed.max())


def _logistic(answers: NoticedAnswers, values: Reals) -> tuple[float | None, float | None]:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationError, PerfectSeparationWarning

    finite = np.isfinite(values)
    known, k, n = values[finite], answers.k[finite], answers.n[finite]
    if not _overlap(known, noticed=k > 0, unnoticed=k < n):
        return None, None
    middle, spread = float(known.mean()), float(known.std())
    design = np.column_stack([np.ones(len(known)), (known - middle) / spread])
    with warnings.catch_warnings():
        for separated in (PerfectSeparationWarning, ConvergenceWarning, RuntimeWarning):
            warnings.simplefilter("error", separated)
        try:
            fitted = GLM(np.column_stack([k, n - k]), design, family=Binomial()).fit()
        except (PerfectSeparationWarning, PerfectSeparationError, ConvergenceWarning, RuntimeWarning):
            return None, None
    at_middle, a_spread = (float(value) for value in fitted.params)
    return at_middle - a_spread * middle / spread, a_spread / spread
