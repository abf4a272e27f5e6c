"""How large the changes were that observers were shown: the middle and the quartiles of each measure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from perception.analysis.json_values import JsonObject
from perception.analysis.observations import Observations
from perception.analysis.visibility.noticed_answers import Reals


@dataclass(frozen=True, slots=True)
class ShownChanges:
    """One measure over the image pairs that were shown, each counted once, whoever saw it.

    Attributes
    ----------
    median, lower_quartile, upper_quartile
        In the measure's own unit; infinite where a ratio is (PSNR of twins that are equal in 8 bits). None where no
        pair has a value.
    n
        How many image pairs have a value.
    without_a_value
        How many were shown and have none.
    """

    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    n: int
    without_a_value: int

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON; null stands for what is undefined, and for what is infinite."""
        quartiles = {
            "median": self.median,
            "lower_quartile": self.lower_quartile,
            "upper_quartile": self.upper_quartile,
        }
        return {
            **{
                name: value if value is not None and math.isfinite(value) else None for name, value in quartiles.items()
            },
            "n": self.n,
            "without_a_value": self.without_a_value,
        }


def shown_changes(series: Observations, measures: Mapping[str, Reals]) -> dict[str, ShownChanges]:
    """Return how large the changes were in the images that were shown, by each measure.

    Parameters
    ----------
    series
        The answers, without those of catch trials; missing ones count too, since their image was shown.
    measures
        float arrays of shape (I,) by name, one value an item of `series`: of the change to its perturbed image, or to
        that of its pair. nan where it is not known; infinite where a ratio is.

    Returns
    -------
    dict
        By the name of the measure; empty where no measure was given, or nothing perturbed was shown.

    Notes
    -----
    Quartiles by linear interpolation between the values in their order (Hyndman and Fan 1996, definition 7, the default
    of NumPy and R); between a finite value and an infinite one there is only the infinite one.

    Examples
    --------
    One observer was shown three perturbed images, of which one was not measured, and a clean one:

    >>> import numpy as np
    >>> from perception.analysis.observations import Observations
    >>> from perception.analysis.visibility.shown_changes import shown_changes
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=("A",),
    ...     items=tuple("abcd"),
    ...     observer=np.zeros(4, dtype=np.intp),
    ...     item=np.arange(4),
    ...     truth=np.array([True, True, True, False]),
    ...     response=np.array([1, 0, 1, 0], dtype=np.int8),
    ...     catch=np.zeros(4, dtype=bool),
    ... )
    >>> shown_changes(series, {"flip": np.array([0.1, 0.2, np.nan, np.nan])})["flip"].as_dict()["n"]
    2
    """
    chosen = series.task == "two_afc"
    items = np.unique(series.item if chosen else series.item[series.truth.astype(bool)])
    if not len(items):
        return {}
    return {name: _of(values[items]) for name, values in measures.items()}


def _of(values: Reals) -> ShownChanges:
    known = np.sort(values[~np.isnan(values)])
    missing = len(values) - len(known)
    if not len(known):
        return ShownChanges(None, None, None, 0, missing)
    return ShownChanges(_quantile(known, 0.5), _quantile(known, 0.25), _quantile(known, 0.75), len(known), missing)


def _quantile(ascending: Reals, share: float) -> float:
    """Return a quantile of values of which the largest may be infinite, where NumPy's interpolation has no number."""
    place = share * (len(ascending) - 1)
    below, above = float(ascending[math.floor(place)]), float(ascending[math.ceil(place)])
    return below if below == above else below + (place - math.floor(place)) * (above - below)
