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
class ResponseTimeSummary:
    """Median response times.

    Attributes
    ----------
    pooled
        Of all observers.
    observers
        Each observer's own.
    """

    pooled: ResponseTimes
    observers: dict[str, ResponseTimes]

    def as_dict(self) -> JsonObject:
        """Return the medians as JSON."""
        return {
            "pooled": self.pooled.as_dict(),
            "observers": {name: times.as_dict() for name, times in self.observers.items()},
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
    (`clustered_median`). A missing answer is neither right nor wrong; its time, if it has one, is among all.

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

    return ResponseTimeSummary(
        ResponseTimes(*(of_all(cell) for cell in cells)),
        {
            name: ResponseTimes(*(median(times[indices][cell[indices]], level=level) for cell in cells))
            for name, indices in zip(
                series.observers, indices_by_code(series.observer, len(series.observers)), strict=True
            )
        },
    )
