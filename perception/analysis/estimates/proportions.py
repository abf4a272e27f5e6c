"""Intervals of one proportion from independent answers.

Brown, Cai & DasGupta (2001), Interval estimation for a binomial proportion, Statistical Science 16:101–133, compare
all of them.
"""

from collections.abc import Callable
from math import sqrt

from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level

Limits = tuple[float, float]


def wald(k: int, n: int, level: float) -> Limits:
    """p ± z √(p(1 − p)/n), clipped to [0, 1]."""
    p = k / n
    half = _z(level) * sqrt(p * (1 - p) / n)
    return max(0.0, p - half), min(1.0, p + half)


def wilson(k: float, n: float, level: float, *, critical: float | None = None) -> Limits:
    """Wilson's score interval (1927).

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n). `k` and `n` may be effective sizes; `critical` replaces z,
    by a quantile of t for instance.
    """
    z = _z(level) if critical is None else critical
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At the ends the formula gives exactly 0 and 1, but for rounding.
    return (0.0 if k == 0 else max(0.0, centre - half)), (1.0 if k == n else min(1.0, centre + half))


def clopper_pearson(k: int, n: int, level: float) -> Limits:
    """Clopper & Pearson's exact interval (1934), by quantiles of the beta distribution."""
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(stats.beta.ppf(tail, k, n - k + 1))
    high = 1.0 if k == n else float(stats.beta.isf(tail, k + 1, n - k))
    return low, high


def agresti_coull(k: int, n: int, level: float) -> Limits:
    """Agresti & Coull (1998) with z²: Wald around (k + z²/2)/(n + z²), clipped to [0, 1]."""
    z = _z(level)
    size = n + z * z
    p = (k + z * z / 2) / size
    half = z * sqrt(p * (1 - p) / size)
    return max(0.0, p - half), min(1.0, p + half)


def jeffreys(k: int, n: int, level: float) -> Limits:
    """Equal-tailed interval of Beta(k + ½, n − k + ½); the lower limit is 0 at k = 0, the upper 1 at k = n.

    After Brown, Cai & DasGupta (2001), section 4.3.
    """
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(stats.beta.ppf(tail, k + 0.5, n - k + 0.5))
    high = 1.0 if k == n else float(stats.beta.isf(tail, k + 0.5, n - k + 0.5))
    return low, high


METHODS: dict[str, tuple[str, Callable[[int, int, float], Limits]]] = {
    "wald": ("Wald", wald),
    "wilson": ("Wilson", wilson),
    "clopper-pearson": ("Clopper–Pearson", clopper_pearson),
    "agresti-coull": ("Agresti–Coull", agresti_coull),
    "jeffreys": ("Jeffreys", jeffreys),
}
"""Key, as commands take it; name, as reports print it; function of k, n and level."""


def proportion(k: int, n: int, *, method: str = "wilson", level: float = 0.95, note: str = "") -> Estimate:
    """Estimate a proportion.

    Parameters
    ----------
    k, n
        `k` of `n`, 0 ≤ k ≤ n. n = 0 is undefined.
    method
        One of `METHODS`.
    level
        Between 0 and 1.
    note
        Added to the method's name, such as "answers taken as independent".

    Raises
    ------
    ValueError
        `k` is not between 0 and `n`, no such method, or a level outside (0, 1).
    """
    require_level(level)
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a proportion")
    if method not in METHODS:
        raise ValueError(f"no interval is called {method!r}; there are {', '.join(METHODS)}")
    name, limits = METHODS[method]
    described = f"{name}, {note}" if note else name
    if n == 0:
        return Estimate.undefined("there is nothing to count", method=described, level=level, n=0, k=0)
    low, high = limits(k, n, level)
    return Estimate(k / n, low, high, level, described, n=n, k=k)


def _z(level: float) -> float:
    return float(stats.norm.ppf(0.5 + level / 2))
