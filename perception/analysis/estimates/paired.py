"""The difference of two accuracies measured on the same images."""

from math import sqrt

from scipy import special

from perception.analysis.estimates.estimate import Estimate, require_level

METHOD = "difference of paired proportions, Wald"


def paired_difference(b: int, c: int, n: int, *, level: float = 0.95) -> Estimate:
    """Estimate the difference of two accuracies measured on the same images: after less before.

    Parameters
    ----------
    b, c
        Numbers of discordant images, at least 0: right before and wrong after; wrong before and right after.
    n
        Number of images, at least b + c.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Within [−1, 1]. Undefined at n = 0. Without an interval (`low` and `high` None, `method` says why) where no
        image is discordant, or all are and to one side: a standard error of 0 proves nothing.

    Raises
    ------
    ValueError
        A negative count, or more discordant images than images; a level outside (0, 1).

    Notes
    -----
    Wald's interval of paired proportions, clipped to [−1, 1], with z the quantile of the normal distribution:

        (c − b)/n ± z √(b + c − (b − c)²/n) / n

    Examples
    --------
    >>> from perception.analysis.estimates.paired import paired_difference
    >>> found = paired_difference(15, 5, 100)
    >>> print(f"{found.estimate:.3f} ({found.low:.3f} to {found.high:.3f})")
    -0.100 (-0.185 to -0.015)
    """
    require_level(level)
    if b < 0 or c < 0 or b + c > n:
        raise ValueError(f"{b} and {c} discordant of {n} pairs")
    if n == 0:
        return Estimate.undefined("there is no pair", method=METHOD, level=level, n=0)
    difference = (c - b) / n
    if b + c == 0 or n in (b, c):
        reason = "no interval: the standard error is 0, which proves nothing"
        return Estimate(difference, None, None, None, reason, n=n)
    half = float(special.ndtri(0.5 + level / 2)) * sqrt(b + c - (b - c) ** 2 / n) / n
    return Estimate(difference, max(-1.0, difference - half), min(1.0, difference + half), level, METHOD, n=n)
