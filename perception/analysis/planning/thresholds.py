"""How precisely strengths that are chosen from answers will tell thresholds, by the number of trials."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.planning.half_widths import mean_or_none
from perception.analysis.psychometric.adaptive_summary import summarise_adaptive
from perception.analysis.simulated_observers.threshold_sessions import ThresholdSessions

FEWEST_OBSERVERS, MOST_OBSERVERS = 2, 200


@dataclass(frozen=True, slots=True)
class ThresholdPrecision:
    """What is to be expected of a study.

    Attributes
    ----------
    trials
        Of each observer, clean images among them.
    own_factor
        By which factor the interval of one observer's threshold reaches below and above it: the root of its upper over
        its lower limit, in the geometric mean; None where no observer had an interval.
    pooled_factor
        The same of the threshold of observers like these.
    error
        Root mean square of the observers' errors, in doublings of strength; None where none had a threshold.
    undefined
        The share of observers, 0 to 1, whose threshold lies outside the strengths.
    """

    trials: int
    own_factor: float | None
    pooled_factor: float | None
    error: float | None
    undefined: float


def threshold_precision(
    sessions: ThresholdSessions, *, observers: int, trials: int, studies: int = 50, seed: int = 1, level: float = 0.95
) -> ThresholdPrecision:
    """Simulate studies and return how precisely thresholds are known.

    Parameters
    ----------
    sessions
        Observers, and how their strengths are come by.
    observers
        J, 2 to 200.
    trials
        Of each, 1 to 2,000.
    studies
        How many to simulate, at least 1.
    seed
        The same one gives the same result.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    ThresholdPrecision
        Of the posterior that a report prints.

    Raises
    ------
    ValueError
        A number outside its range.

    Examples
    --------
    >>> from perception.analysis.planning.thresholds import threshold_precision
    >>> from perception.analysis.simulated_observers.threshold_sessions import ThresholdSessions
    >>> sessions = ThresholdSessions("two_afc", (1.0, 2.0, 4.0, 8.0, 16.0), threshold=4.0, slope=2.0)
    >>> few, many = (threshold_precision(sessions, observers=4, trials=n, studies=4) for n in (20, 120))
    >>> few.own_factor > many.own_factor > 1
    True
    """
    if not FEWEST_OBSERVERS <= observers <= MOST_OBSERVERS:
        raise ValueError(f"there are {FEWEST_OBSERVERS} to {MOST_OBSERVERS} observers, not {observers:,}")
    if studies < 1:
        raise ValueError("at least one study is simulated")
    rng = np.random.default_rng([seed, observers, trials])
    own, pooled, errors, n = [], [], [], 0
    for _ in range(studies):
        log_thresholds = sessions.log_thresholds(observers, rng)
        series = sessions.study(log_thresholds, trials=trials, rng=rng)
        summary = summarise_adaptive(series, sessions.strengths, level=level)
        n += observers
        if summary is None:
            continue
        for one, true in zip(summary.observers.values(), log_thresholds, strict=True):
            width = _doublings(one.threshold)
            if width is not None:
                own.append(width)
                errors.append(one.log_threshold - float(true))
        width = _doublings(summary.threshold)
        pooled += [width] if width is not None else []
    return ThresholdPrecision(
        trials,
        own_factor=_factor(own),
        pooled_factor=_factor(pooled),
        error=None if (squared := mean_or_none([error**2 for error in errors])) is None else sqrt(squared),
        undefined=1 - len(own) / n,
    )


def _doublings(found: Estimate) -> float | None:
    """Return half the width of an interval, in doublings; None where there is none."""
    if found.low is None or found.high is None or found.low <= 0:
        return None
    return float(np.log2(found.high / found.low)) / 2


def _factor(doublings: list[float]) -> float | None:
    mean = mean_or_none(doublings)
    return None if mean is None else 2**mean
