"""How long it takes until so many further events have come, judged by when the last ones came.

Events that come independently at a steady rate leave waits whose sums are gamma distributed; the ratio of two such sums
follows an F distribution, whatever the rate. Its quantiles are Paulson's approximation, which needs no SciPy: pages ask
for it that answer at once.
"""

from dataclasses import dataclass
from statistics import NormalDist

LEAST_WAITS = 4
"""Fewer waits between events tell no rate: the interval would reach from an hour to a month."""


@dataclass(frozen=True, slots=True)
class RemainingTime:
    """A prediction interval.

    Attributes
    ----------
    low, high
        Its limits, in seconds, 0 or more.
    level
        The chance that the true time is within them, if events go on as they came.
    """

    low: float
    high: float
    level: float


def remaining_time(*, waits: int, lasted: float, further: int, level: float = 0.8) -> RemainingTime | None:
    """Return how long `further` events take.

    Parameters
    ----------
    waits
        Events that came while it was counted, the one with which the counting began not among them.
    lasted
        For how long it was counted, in seconds, above 0.
    further
        How many events are still to come, 1 or more.
    level
        Of the interval, between 0 and 1.

    Returns
    -------
    RemainingTime or None
        None where `waits` are fewer than `LEAST_WAITS`.

    Raises
    ------
    ValueError
        `lasted`, `further` or `level` is out of its range.
    """
    if lasted <= 0 or further < 1 or not 0 < level < 1:
        raise ValueError(f"lasted {lasted}, further {further}, level {level}: out of range")
    if waits < LEAST_WAITS:
        return None
    one_by_one = lasted / waits
    z = NormalDist().inv_cdf((1 + level) / 2)
    low, high = (further * one_by_one * _f_quantile(2 * further, 2 * waits, side) for side in (-z, z))
    return RemainingTime(low, high, level)


def _f_quantile(above: int, below: int, z: float) -> float:
    """Return the quantile of an F distribution at a normal deviate, by Paulson (1942); `below` is 8 or more."""
    a, b = 2 / (9 * above), 2 / (9 * below)
    root = ((1 - a) ** 2 * b + (1 - b) ** 2 * a - z**2 * a * b) ** 0.5
    return max(0.0, float(((1 - a) * (1 - b) + z * root) / ((1 - b) ** 2 - z**2 * b))) ** 3
