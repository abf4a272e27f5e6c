"""How far the intervals of simulated studies reach to either side."""

from collections.abc import Iterable

import numpy as np

from perception.analysis.estimates.estimate import Estimate


def half_widths(found: Iterable[Estimate | None]) -> list[float]:
    """Return half of the width of each interval, in the estimates' unit; nothing of those that have none.

    Parameters
    ----------
    found
        Of simulated studies; None where a study had no such estimate.

    Returns
    -------
    list of float
        No longer than there are estimates.
    """
    return [
        (one.high - one.low) / 2 for one in found if one is not None and one.low is not None and one.high is not None
    ]


def mean_or_none(values: list[float]) -> float | None:
    """Return the mean; None of no values.

    Parameters
    ----------
    values
        Any number of them.

    Returns
    -------
    float or None
    """
    return float(np.mean(values)) if values else None
