"""The difference of two accuracies measured on the same images."""

from math import sqrt

from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level

METHOD = "difference of paired proportions, Wald"


def paired_difference(b: int, c: int, n: int, *, level: float = 0.95) -> Estimate:
    """Estimate accuracy after less accuracy before.

    (c − b)/n ± z √(b + c − (b − c)²/n)/n, with b right before and wrong after, c wrong before and right after;
    clipped to [−1, 1].

    Raises
    ------
    ValueError
        More discordant pairs than pairs.
    """
    require_level(level)
    if b < 0 or c < 0 or b + c > n:
        raise ValueError(f"{b} and {c} discordant of {n} pairs")
    if n == 0:
        return Estimate.undefined("there is no pair", method=METHOD, level=level, n=0)
    difference = (c - b) / n
    half = float(stats.norm.ppf(0.5 + level / 2)) * sqrt(b + c - (b - c) ** 2 / n) / n
    return Estimate(difference, max(-1.0, difference - half), min(1.0, difference + half), level, METHOD, n=n)
