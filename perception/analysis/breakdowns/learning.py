"""Do answers get better over the session? Right answers by thirds of the series, and a trend."""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.clustered_covariance import ClusteredCovariance, InferenceTarget
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.multiple_comparisons import holm
from perception.analysis.estimates.proportions import proportion
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import Codes, Observations, indices_by_code

TREND = "odds ratio of a right answer, last trial to first, logistic regression on position; {variance}"
VARIANCES: dict[InferenceTarget, str] = {
    "one observer": "Wald",
    "these observers": "clustered by image, t; these observers",
    "observers random": "images and observers both random (two-way), t",
}
THIRDS = 3
# On the logarithmic scale: a factor of twenty thousand to either side.
WIDEST = 10.0
# Beyond these a regression of each observer takes long and says little.
MOST_OBSERVERS = 100


@dataclass(frozen=True, slots=True)
class Trend:
    """The trend of right answers over the series.

    Attributes
    ----------
    odds_ratio
        Of a right answer at the last trial to one at the first: 1 is no change, above 1 they got better.
    p
        Of the test of no change; None where there is no interval.
    """

    odds_ratio: Estimate
    p: float | None

    def as_dict(self) -> JsonObject:
        """Return the ratio and the test as JSON."""
        return {"odds_ratio": self.odds_ratio.as_dict(), "p": self.p}


@dataclass(frozen=True, slots=True)
class Learning:
    """Change over the session, of one observer or of all.

    Attributes
    ----------
    thirds
        Shares of right answers in the first, the middle and the last third of the series.
    trend
        Over the whole of it.
    """

    thirds: tuple[Estimate, Estimate, Estimate]
    trend: Trend

    def as_dict(self) -> JsonObject:
        """Return the shares and the trend as JSON."""
        return {"thirds": [share.as_dict() for share in self.thirds], "trend": self.trend.as_dict()}


@dataclass(frozen=True, slots=True)
class LearningSummary:
    """Change over the session.

    Attributes
    ----------
    pooled
        Over all observers, for these observers.
    crossed
        The trend for observers and images like these; None with fewer than three observers.
    observers
        Each observer's own; empty with more than a hundred.
    adjusted_p
        The observers' own p-values after Holm; None where there is no trend.
    """

    pooled: Learning
    crossed: Trend | None
    observers: dict[str, Learning]
    adjusted_p: dict[str, float | None]

    def as_dict(self) -> JsonObject:
        """Return the statistics as JSON; what is undefined is null."""
        return {
            "pooled": self.pooled.as_dict(),
            "pooled_observers_random": self.crossed.as_dict() if self.crossed else None,
            "observers": {name: learning.as_dict() for name, learning in self.observers.items()},
            "adjusted_p": {**self.adjusted_p},
        }


def summarise_learning(series: Observations, *, level: float = 0.95) -> LearningSummary | None:
    """Estimate how right answers change over the series.

    Parameters
    ----------
    series
        The answers, without those of catch trials. Those whose position is not known are left out.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    LearningSummary or None
        None where no position is known. A trend is undefined where all answers are right, or all wrong, where all are
        at one position, and where every right answer comes before every wrong one, or after.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Trials are counted within each observer's series, from 0 for the first to 1 for the last; missing answers keep their
    positions. The trend is the slope of

        logit P(right) = β₀ + β₁ · position

    over all answers together (each observer goes through all positions, so that differences between observers do not
    bend it), by statsmodels; it is told as the odds ratio exp(β₁). The variance is that of `ClusteredCovariance`.

    Examples
    --------
    Two observers judged twelve images each, more of them rightly towards the end:

    >>> import numpy as np
    >>> from perception.analysis.breakdowns.learning import summarise_learning
    >>> from perception.analysis.observations import Observations
    >>> right = np.array([0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1])
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B"),
    ...     items=tuple("abcdefghijkl"),
    ...     observer=np.repeat([0, 1], 12),
    ...     item=np.tile(np.arange(12), 2),
    ...     truth=np.ones(24, dtype=bool),
    ...     response=right.astype(np.int8),
    ...     catch=np.zeros(24, dtype=bool),
    ...     position=np.tile(np.arange(12.0), 2),
    ... )
    >>> found = summarise_learning(series).pooled
    >>> [f"{third.k} of {third.n}" for third in found.thirds]
    ['3 of 8', '5 of 8', '7 of 8']
    >>> trend = found.trend.odds_ratio
    >>> print(f"{trend.estimate:.1f} ({trend.low:.1f} to {trend.high:.1f})")
    27.5 (0.7 to 1086.0)
    """
    require_level(level)
    answers = _Trials.of(series)
    if answers is None:
        return None
    many = len(np.unique(answers.observer)) >= FEWEST_OBSERVERS
    trend, *crossed = answers.trends(("these observers", "observers random") if many else ("these observers",), level)
    pooled = Learning(answers.thirds(level, clustered=True), trend)
    observers = {}
    if len(series.observers) <= MOST_OBSERVERS:
        own = indices_by_code(answers.observer, len(series.observers))
        observers = {
            name: answers.only(indices).alone(level) for name, indices in zip(series.observers, own, strict=True)
        }
    return LearningSummary(
        pooled,
        crossed[0] if crossed else None,
        observers,
        dict(zip(observers, holm([learning.trend.p for learning in observers.values()]), strict=True)),
    )


@dataclass(frozen=True, slots=True)
class _Trials:
    """Answers given, arrays of shape (N,).

    `position` is 0 for an observer's first trial and 1 for the last, `third` 0, 1 or 2.
    """

    position: NDArray[np.float64]
    third: NDArray[np.intp]
    right: NDArray[np.bool_]
    item: Codes
    observer: Codes

    @classmethod
    def of(cls, series: Observations) -> "_Trials | None":
        if series.position is None or np.isnan(series.position).all():
            return None
        known = ~np.isnan(series.position)
        observer, given = series.observer[known], series.response[known] != MISSING
        rank, size = _ranks(series.position[known], observer)
        right = series.response[known] == series.truth[known]
        position, third = rank / np.maximum(size - 1, 1), rank * THIRDS // size
        return cls(position, third, right, series.item[known], observer).only(given)

    def only(self, which: NDArray[np.bool_] | Codes) -> "_Trials":
        return _Trials(
            self.position[which], self.third[which], self.right[which], self.item[which], self.observer[which]
        )

    def alone(self, level: float) -> Learning:
        (trend,) = self.trends(("one observer",), level)
        return Learning(self.thirds(level, clustered=False), trend)

    def thirds(self, level: float, *, clustered: bool) -> tuple[Estimate, Estimate, Estimate]:
        first, middle, last = (
            self.only(self.third == which)._share(level, clustered=clustered) for which in range(THIRDS)
        )
        return first, middle, last

    def _share(self, level: float, *, clustered: bool) -> Estimate:
        if not clustered:
            return proportion(int(self.right.sum()), len(self.right), level=level)
        _, row = np.unique(self.observer, return_inverse=True)
        _, column = np.unique(self.item, return_inverse=True)
        given = np.zeros((row.max(initial=-1) + 1, column.max(initial=-1) + 1), dtype=bool)
        right = np.zeros_like(given)
        given[row, column], right[row, column] = True, self.right
        return clustered_proportion(right, given, level=level)

    def trends(self, targets: tuple[InferenceTarget, ...], level: float) -> list[Trend]:
        """Return the trend with an interval for each of those for whom it is meant."""
        reason = self._why_no_trend()
        if reason:
            n = len(self.right)
            methods = (TREND.format(variance=VARIANCES[one]) for one in targets)
            return [Trend(Estimate.undefined(reason, method=name, level=level, n=n), None) for name in methods]
        slope, errors = self._regression()
        return [self._trend(slope, errors, one, level) for one in targets]

    def _trend(self, slope: float, errors: ClusteredCovariance, target: InferenceTarget, level: float) -> Trend:
        n = len(self.right)
        reason = errors.why_no_interval(target)
        if reason:
            return Trend(Estimate(exp(slope), None, None, None, reason, n=n), None)
        direction = np.array([0.0, 1.0])
        error, freedom = sqrt(errors.variance(direction, target)), errors.freedom(direction, target)
        half = float(stats.t.ppf(0.5 + level / 2, freedom)) * error
        p = float(2 * stats.t.sf(abs(slope) / error, freedom))
        if half > WIDEST:
            return Trend(Estimate(exp(slope), None, None, None, "no interval: it would hold every ratio", n=n), p)
        method = TREND.format(variance=VARIANCES[target])
        return Trend(Estimate(exp(slope), exp(slope - half), exp(slope + half), level, method, n=n), p)

    def _why_no_trend(self) -> str:
        if not len(self.right):
            return "there is no answer"
        right, wrong = self.position[self.right], self.position[~self.right]
        if not (len(right) and len(wrong)):
            return f"all answers are {'right' if len(right) else 'wrong'}"
        if self.position.min() == self.position.max():
            return "all answers are at one place of the series"
        if right.max() <= wrong.min():
            return "every right answer comes before every wrong one"
        if wrong.max() <= right.min():
            return "every wrong answer comes before every right one"
        return ""

    def _regression(self) -> tuple[float, ClusteredCovariance]:
        """Return the slope, and the errors of intercept and slope."""
        from statsmodels.genmod.families import Binomial
        from statsmodels.genmod.generalized_linear_model import GLM

        # Counted by position and answer: the same estimates as answer by answer, in a hundredth of the time.
        positions, which = np.unique(self.position, return_inverse=True)
        n = np.bincount(2 * which + self.right, minlength=2 * len(positions))
        design = np.column_stack([np.ones_like(positions), positions])
        shown = n > 0
        right = np.tile([0.0, 1.0], len(positions))[shown]
        found = GLM(right, np.repeat(design, 2, axis=0)[shown], Binomial(), freq_weights=n[shown]).fit()
        covariance = np.asarray(found.cov_params())
        influence = (self.right - found.predict(design)[which])[:, None] * (design @ covariance)[which]
        return float(found.params[1]), ClusteredCovariance.of(
            influence, covariance, image=self.item, observer=self.observer
        )


def _ranks(position: NDArray[np.float64], observer: Codes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rank of each trial in its observer's series, from 0 on, and how many trials that series has."""
    order = np.lexsort((position, observer))
    sizes = np.bincount(observer)
    starts = np.cumsum(sizes) - sizes
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order)) - starts[observer[order]]
    return rank, sizes[observer]
