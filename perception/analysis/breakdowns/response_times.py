"""Response times: medians by what was shown, and by whether the answer was right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.median import clustered_median, median
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import Observations, indices_by_code

Which = NDArray[np.bool_]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of the answers the shares that were faster."""


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Median response times in milliseconds, of one observer or of all.

    Attributes
    ----------
    perturbed, clean
        Of all answers to what was perturbed (or differed), and to what was not. Of choices between two images all are
        `perturbed`.
    perturbed_right, perturbed_wrong, clean_right, clean_wrong
        Of the right and of the wrong ones among them.
    """

    perturbed: Estimate
    clean: Estimate
    perturbed_right: Estimate
    perturbed_wrong: Estimate
    clean_right: Estimate
    clean_wrong: Estimate

    def as_dict(self) -> JsonObject:
        """Return the medians as JSON."""
        return {
            "perturbed": self.perturbed.as_dict(),
            "clean": self.clean.as_dict(),
            "perturbed_right": self.perturbed_right.as_dict(),
            "perturbed_wrong": self.perturbed_wrong.as_dict(),
            "clean_right": self.clean_right.as_dict(),
            "clean_wrong": self.clean_wrong.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class TimeQuantiles:
    """Where the response times of some answers lie.

    Attributes
    ----------
    n
        How many were measured.
    milliseconds
        At `QUANTILES`; None where none was measured.
    """

    n: int
    milliseconds: tuple[float, ...] | None

    def as_dict(self) -> JsonObject:
        """Return the quantiles as JSON."""
        return {"n": self.n, "milliseconds": None if self.milliseconds is None else [*self.milliseconds]}


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """Where the times of right and of wrong answers lie, of one observer or of all.

    Attributes
    ----------
    right, wrong
        Whatever was shown.
    """

    right: TimeQuantiles
    wrong: TimeQuantiles

    def as_dict(self) -> JsonObject:
        """Return the quantiles of both as JSON."""
        return {"right": self.right.as_dict(), "wrong": self.wrong.as_dict()}


@dataclass(frozen=True, slots=True)
class ResponseTimeSummary:
    """Median response times, and how they spread.

    Attributes
    ----------
    pooled
        Of all observers.
    observers
        Each observer's own.
    quantiles
        Of the times of all, right answers apart from wrong ones; they describe, and have no interval.
    observer_quantiles
        Of each observer's own.
    """

    pooled: ResponseTimes
    observers: dict[str, ResponseTimes]
    quantiles: AnswerTimes
    observer_quantiles: dict[str, AnswerTimes]

    def as_dict(self) -> JsonObject:
        """Return the medians and the quantiles as JSON."""
        return {
            "pooled": self.pooled.as_dict(),
            "observers": {name: times.as_dict() for name, times in self.observers.items()},
            "quantiles": {
                "shares": [*QUANTILES],
                "pooled": self.quantiles.as_dict(),
                "observers": {name: times.as_dict() for name, times in self.observer_quantiles.items()},
            },
        }


def summarise_response_times(series: Observations, *, level: float = 0.95) -> ResponseTimeSummary | None:
    """Estimate median response times by what was shown, and by whether the answer was right.

    Parameters
    ----------
    series
        The answers, without those of catch trials.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    ResponseTimeSummary or None
        In milliseconds. None where no time was measured.

    Raises
    ------
    ValueError
        A level outside (0, 1), where a time was measured.

    Notes
    -----
    One observer's medians have the interval of order statistics (`median`), those of all Woodruff's, clustered by image
    (`clustered_median`). A missing answer is neither right nor wrong; its time, if it has one, is among all. Quantiles
    are interpolated linearly between the ordered times (definition 7 of Hyndman & Fan 1996).

    References
    ----------
    - Hyndman, R. J., & Fan, Y. (1996). Sample quantiles in statistical packages. The American Statistician 50:361–365.
      doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.breakdowns.response_times import summarise_response_times
    >>> from perception.analysis.observations import Observations
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=("A",),
    ...     items=tuple("abcd"),
    ...     observer=np.zeros(4, dtype=np.intp),
    ...     item=np.arange(4),
    ...     truth=np.array([True, True, False, False]),
    ...     response=np.array([1, 0, 0, 0], dtype=np.int8),
    ...     catch=np.zeros(4, dtype=bool),
    ...     rt_ms=np.array([1800.0, 2600.0, 1500.0, np.nan]),
    ... )
    >>> found = summarise_response_times(series).observers["A"]
    >>> found.perturbed.estimate, found.perturbed_wrong.estimate, found.clean.estimate
    (2200.0, 2600.0, 1500.0)
    """
    times = series.rt_ms
    if times is None or np.isnan(times).all():
        return None
    shown, right = ~np.isnan(times), series.response == series.truth
    signal = series.truth if series.task != "two_afc" else np.ones_like(series.truth)
    given = series.response != MISSING
    cells = [signal, ~signal, signal & right, signal & given & ~right, ~signal & right, ~signal & given & ~right]

    def of_all(which: Which) -> Estimate:
        chosen = which & shown
        return clustered_median(times[chosen], series.item[chosen], level=level)

    own = dict(zip(series.observers, indices_by_code(series.observer, len(series.observers)), strict=True))
    answered = (shown & given & right, shown & given & ~right)
    return ResponseTimeSummary(
        ResponseTimes(*(of_all(cell) for cell in cells)),
        {
            name: ResponseTimes(*(median(times[indices][cell[indices]], level=level) for cell in cells))
            for name, indices in own.items()
        },
        AnswerTimes(*(_quantiles(times[which]) for which in answered)),
        {
            name: AnswerTimes(*(_quantiles(times[indices][which[indices]]) for which in answered))
            for name, indices in own.items()
        },
    )


def _quantiles(times: NDArray[np.float64]) -> TimeQuantiles:
    if not times.size:
        return TimeQuantiles(0, None)
    # As `numpy.quantile` does it to the last bit, in a fifth of the time: there are two for each observer.
    ordered = np.sort(times)
    places = (times.size - 1) * np.array(QUANTILES)
    before = places.astype(np.intp)
    low, high = ordered[before], ordered[np.minimum(before + 1, times.size - 1)]
    share, apart = places - before, high - low
    between = np.where(share >= 0.5, high - apart * (1 - share), low + apart * share)
    return TimeQuantiles(int(times.size), tuple(between.tolist()))
