"""Thresholds of observers whose strengths were chosen from their answers: posteriors over a grid, and their mean."""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import Observations, indices_by_code
from perception.analysis.psychometric.adaptive_choice import SLOPES, ParameterGrid, StrengthChooser, TrialCounts
from perception.analysis.psychometric.function import Reals

CREDIBLE = "posterior over a grid of threshold, slope, lapses{and_false_alarms}; equal-tailed credible interval"
OVER_OBSERVERS = "mean of observers’ posterior means of log₂ {of}, t; observers random"
STEP = 0.1
"""Of the grid of thresholds, in doublings."""
FINE_SLOPES = tuple(float(slope) for slope in np.geomspace(SLOPES[0], SLOPES[-1], 17))
FINE_GUESSES = tuple(float(guess) for guess in np.linspace(0.01, 0.97, 25))
"""Up to an observer who calls nearly every image perturbed: with less, such answers would look like a low threshold."""
MOST_OUTSIDE = 0.5
"""Where more of the posterior lies outside the strengths shown, the grid's end tells as much as the answers."""


@dataclass(frozen=True, slots=True)
class AdaptiveObserver:
    """One observer's threshold and slope.

    Attributes
    ----------
    threshold
        The strength at which half is noticed beyond false alarms (beyond guessing, of two images), in 8-bit levels: the
        posterior mean on log₂, with the equal-tailed credible interval.
    slope
        What F's argument gains with each doubling of strength: the posterior mean on its logarithm, likewise.
    log_threshold, log_slope
        The posterior means, log₂.
    shown
        The strengths of the perturbed images, in the order of trials, and whether each was noticed.
    """

    threshold: Estimate
    slope: Estimate
    log_threshold: float
    log_slope: float
    shown: tuple[tuple[float, bool], ...]

    def as_dict(self) -> JsonObject:
        """Return both as JSON."""
        return {
            "threshold": self.threshold.as_dict(),
            "slope": self.slope.as_dict(),
            "posterior_mean_log2_threshold": self.log_threshold,
            "posterior_mean_log2_slope": self.log_slope,
        }


@dataclass(frozen=True, slots=True)
class AdaptiveSummary:
    """Thresholds and slopes of all.

    Attributes
    ----------
    strengths
        That were shown, in 8-bit levels, ascending.
    threshold, slope
        Of observers like these: the mean of their posterior means on log₂, with the interval by t over observers.
    observers
        Each observer's own.
    outside
        Whose threshold lies outside the strengths shown, more likely than not, or anywhere within and beyond them.
    """

    strengths: tuple[float, ...]
    threshold: Estimate
    slope: Estimate
    observers: dict[str, AdaptiveObserver]
    outside: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """The threshold as a report prints it."""
        found, start = self.threshold, "The threshold, the strength at which half is noticed beyond guessing,"
        if found.estimate is None:
            return f"{start} cannot be told: {found.reason}."
        if found.low is None or found.high is None or found.level is None:
            return f"{start} is {found.estimate:.2f} levels ({found.method})."
        return (
            f"{start} is {found.estimate:.2f} levels ({100 * found.level:g}% interval {found.low:.2f}–"
            f"{found.high:.2f}, observers like these)."
        )

    def as_dict(self) -> JsonObject:
        """Return the summary as JSON; what is undefined is null."""
        return {
            "in_words": self.in_words,
            "strengths": [*self.strengths],
            "threshold": self.threshold.as_dict(),
            "slope": self.slope.as_dict(),
            "outside": [*self.outside],
            "observers": {name: one.as_dict() for name, one in self.observers.items()},
        }


def summarise_adaptive(
    series: Observations, strengths: tuple[float, ...], *, level: float = 0.95
) -> AdaptiveSummary | None:
    """Estimate each observer's threshold and slope where strengths were chosen from answers, and those of all.

    Parameters
    ----------
    series
        The answers, without those of catch trials.
    strengths
        That could be shown, in 8-bit levels, above 0, ascending.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    AdaptiveSummary or None
        None where the strengths of the answers are not known.

    Raises
    ------
    ValueError
        A level outside (0, 1); no strengths, or not above 0 and ascending.

    Notes
    -----
    The likelihood of answers does not depend on how their strengths were chosen, as long as the choice followed from
    the answers alone; so the posterior is the usual one, whereas the shares noticed at each strength are biased (a
    strength is left sooner after one outcome than after the other). P(s) = γ + (1 − γ − λ) Φ(b (log₂ s − m)), with a
    uniform prior on m from half the weakest to twice the strongest strength, on log b from 0.35 to 5.7, on λ from 0 to
    0.06, and, where clean images are judged, on γ from 0.01 to 0.97 (Watson 2017).

    Images are taken to be alike: what they differ by flattens the slope. The pooled value is the mean of the observers'
    posterior means, each with the same weight, and its interval that of t over observers (n − 1 degrees of freedom),
    who are a sample: it does not multiply posteriors, which would hold all observers to one threshold. Observers whose
    thresholds lie outside the strengths shown are among them, at about the end of the range; where they are half or
    more, there is no pooled value.

    References
    ----------
    - Watson, A. B. (2017). QUEST+: A general multidimensional Bayesian adaptive psychometric method. Journal of Vision
      17(3):10. doi:10.1167/17.3.10
    """
    require_level(level)
    if series.strength is None:
        return None
    forced = series.task == "two_afc"
    chooser = _fine(strengths, forced)
    noticed = series.response == series.truth if forced else series.response == 1
    shown = series.strength if forced else np.where(series.truth, series.strength, 0.0)
    kept = (series.response != MISSING) & np.isfinite(shown)
    observers = {}
    for name, own in zip(series.observers, indices_by_code(series.observer, len(series.observers)), strict=True):
        of_own = own[kept[own]]
        if series.position is not None:
            of_own = of_own[np.argsort(series.position[of_own], kind="stable")]
        if len(of_own):
            answers = [(float(shown[one]), bool(noticed[one])) for one in of_own]
            observers[name] = _observer(chooser, answers, level)
    if not observers:
        return None
    outside = tuple(name for name, one in observers.items() if one.threshold.estimate is None)
    of_threshold = _pooled([one.log_threshold for one in observers.values()], "threshold", len(outside), level)
    of_slope = _pooled([one.log_slope for one in observers.values()], "slope", len(outside), level)
    return AdaptiveSummary(strengths, of_threshold, of_slope, observers, outside)


@lru_cache(maxsize=1)
def _fine(strengths: tuple[float, ...], forced_choice: bool) -> StrengthChooser:  # noqa: FBT001 - a key of the cache
    grid = ParameterGrid.around(
        strengths, forced_choice=forced_choice, step=STEP, slopes=FINE_SLOPES, guesses=FINE_GUESSES
    )
    return StrengthChooser.on(grid, strengths)


def _observer(chooser: StrengthChooser, answers: list[tuple[float, bool]], level: float) -> AdaptiveObserver:
    counts = TrialCounts.of(answers, chooser.strengths)
    posterior, grid = chooser.posterior(counts), chooser.grid
    of_threshold, of_slope = posterior.sum(axis=(1, 2, 3)), posterior.sum(axis=(0, 2, 3))
    log_slopes = np.log2(grid.slopes)
    log_threshold, log_slope = float(of_threshold @ grid.thresholds), float(of_slope @ log_slopes)
    method = CREDIBLE.format(and_false_alarms=" and false alarms" if len(grid.guesses) > 1 else "")
    n = int(counts.n.sum() + counts.n_clean)
    low, high = _equal_tailed(grid.thresholds, of_threshold, level)
    reason = _why_undefined(chooser.strengths, grid.thresholds, of_threshold, (low, high))
    if reason:
        threshold = Estimate.undefined(reason, method=method, level=level, n=n)
    else:
        threshold = Estimate(2.0**log_threshold, 2.0**low, 2.0**high, level, method, n=n)
    low, high = _equal_tailed(log_slopes, of_slope, level)
    slope = Estimate(2.0**log_slope, 2.0**low, 2.0**high, level, method, n=n)
    shown = tuple(one for one in answers if one[0] > 0)
    return AdaptiveObserver(threshold, slope, log_threshold, log_slope, shown)


def _why_undefined(
    strengths: tuple[float, ...], thresholds: Reals, probability: Reals, credible: tuple[float, float]
) -> str:
    """Say why a threshold is none to report; empty where it is one. `credible`: its interval, log₂."""
    low, high = np.log2(strengths[0]), np.log2(strengths[-1])
    if credible[0] < low and credible[1] > high:
        return f"by the answers it may lie anywhere from below {strengths[0]:g} to above {strengths[-1]:g}"
    if probability[thresholds < low].sum() > MOST_OUTSIDE:
        return f"the threshold lies, more likely than not, below the weakest strength shown, {strengths[0]:g}"
    if probability[thresholds > high].sum() > MOST_OUTSIDE:
        return f"the threshold lies, more likely than not, above the strongest strength shown, {strengths[-1]:g}"
    return ""


def _equal_tailed(values: Reals, probability: Reals, level: float) -> tuple[float, float]:
    """Return the quantiles between which the level lies, each point's probability spread evenly over its cell."""
    edges = np.concatenate([[values[0]], (values[:-1] + values[1:]) / 2, [values[-1]]])
    cumulative: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(probability)])
    tail = (1 - level) / 2
    low, high = np.interp([tail, 1 - tail], cumulative / cumulative[-1], edges)
    return float(low), float(high)


def _pooled(values: list[float], of: str, n_outside: int, level: float) -> Estimate:
    method, n = OVER_OBSERVERS.format(of=of), len(values)
    if 2 * n_outside >= n:
        reason = f"of {n_outside} of {n} observers the threshold lies outside the strengths shown, or cannot be told"
        return Estimate.undefined(reason, method=method, level=level, n=n)
    mean = float(np.mean(values))
    if n < 2:
        return Estimate(2.0**mean, None, None, None, "no interval: one observer", n=n)
    half = float(stats.t.ppf(0.5 + level / 2, n - 1)) * float(np.std(values, ddof=1)) / sqrt(n)
    return Estimate(2.0**mean, 2.0 ** (mean - half), 2.0 ** (mean + half), level, method, n=n)
