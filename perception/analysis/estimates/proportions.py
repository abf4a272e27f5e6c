"""Intervals of one proportion from independent answers.

Brown, Cai & DasGupta (2001), Interval estimation for a binomial proportion, Statistical Science 16:101–133, compare
all of them.
"""

from collections.abc import Callable
from functools import lru_cache
from math import sqrt

from scipy import special, stats

from perception.analysis.estimates.estimate import Estimate, require_level

Limits = tuple[float, float]


def wald(k: int, n: int, level: float) -> Limits:
    """Return Wald's limits of a proportion.

    Parameters
    ----------
    k, n
        Count and total, 0 ≤ k ≤ n, n ≥ 1.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        The lower and the upper limit, within [0, 1]. At k = 0 and k = n the interval has no width.

    Notes
    -----
    With p = k/n and z the quantile of the normal distribution at ½ + level/2:

        p ± z √(p(1 − p)/n), clipped to [0, 1]

    Its coverage lies below the level, far below for p near 0 or 1 (Brown, Cai & DasGupta 2001): it is here because
    published studies have it.

    References
    ----------
    - Brown, L. D., Cai, T. T., & DasGupta, A. (2001). Interval estimation for a binomial proportion. Statistical
      Science 16:101–133. doi:10.1214/ss/1009213286

    Examples
    --------
    The sensitivity of 35 of 60 in Allyn et al. (2020), 45.9–70.8%:

    >>> from perception.analysis.estimates.proportions import wald
    >>> low, high = wald(35, 60, 0.95)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.459 to 0.708
    """
    p = k / n
    half = _z(level) * sqrt(p * (1 - p) / n)
    return max(0.0, p - half), min(1.0, p + half)


def wilson(k: float, n: float, level: float, *, critical: float | None = None) -> Limits:
    """Return the limits of Wilson's score interval of a proportion.

    Parameters
    ----------
    k, n
        Count and total, 0 ≤ k ≤ n, n > 0; effective sizes need not be whole numbers.
    level
        Level of the interval, between 0 and 1.
    critical
        What stands in the place of the normal quantile z, such as a quantile of t; None for z.

    Returns
    -------
    tuple of float
        The lower and the upper limit, within [0, 1]; exactly 0 at k = 0 and exactly 1 at k = n.

    Notes
    -----
    With p = k/n and z the quantile of the normal distribution at ½ + level/2, it holds every π with
    |p − π| ≤ z √(π(1 − π)/n) (Wilson 1927):

        (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)

    References
    ----------
    - Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
      American Statistical Association 22:209–212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> from perception.analysis.estimates.proportions import wilson
    >>> low, high = wilson(35, 60, 0.95)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.457 to 0.699
    >>> low, high = wilson(0, 10, 0.95)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.000 to 0.278
    """
    z = _z(level) if critical is None else critical
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At the ends the formula gives exactly 0 and 1, but for rounding.
    return (0.0 if k == 0 else max(0.0, centre - half)), (1.0 if k == n else min(1.0, centre + half))


def clopper_pearson(k: int, n: int, level: float) -> Limits:
    """Return the limits of Clopper & Pearson's exact interval of a proportion.

    Parameters
    ----------
    k, n
        Count and total, 0 ≤ k ≤ n, n ≥ 1.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        The lower and the upper limit; 0 at k = 0, 1 at k = n.

    Notes
    -----
    With α = 1 − level, the lower limit is the α/2 quantile of Beta(k, n − k + 1), the upper one the 1 − α/2 quantile of
    Beta(k + 1, n − k): the tails of the binomial distribution (Clopper & Pearson 1934). The coverage is nowhere below
    the level.

    References
    ----------
    - Clopper, C. J., & Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in the case of the
      binomial. Biometrika 26:404–413. doi:10.1093/biomet/26.4.404

    Examples
    --------
    >>> from perception.analysis.estimates.proportions import clopper_pearson
    >>> low, high = clopper_pearson(35, 60, 0.95)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.449 to 0.709
    """
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(stats.beta.ppf(tail, k, n - k + 1))
    high = 1.0 if k == n else float(stats.beta.isf(tail, k + 1, n - k))
    return low, high


def agresti_coull(k: int, n: int, level: float) -> Limits:
    """Return the limits of Agresti & Coull's interval of a proportion.

    Parameters
    ----------
    k, n
        Count and total, 0 ≤ k ≤ n, n ≥ 1.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        The lower and the upper limit, within [0, 1].

    Notes
    -----
    With z the quantile of the normal distribution at ½ + level/2, Wald's interval of ñ = n + z² and p̃ = (k + z²/2)/ñ
    (Agresti & Coull 1998), with z² rather than the rounded “add 2 successes and 2 failures”:

        p̃ ± z √(p̃(1 − p̃)/ñ), clipped to [0, 1]

    References
    ----------
    - Agresti, A., & Coull, B. A. (1998). Approximate is better than “exact” for interval estimation of binomial
      proportions. The American Statistician 52:119–126. doi:10.1080/00031305.1998.10480550

    Examples
    --------
    >>> from perception.analysis.estimates.proportions import agresti_coull
    >>> low, high = agresti_coull(35, 60, 0.95)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.457 to 0.699
    """
    z = _z(level)
    size = n + z * z
    p = (k + z * z / 2) / size
    half = z * sqrt(p * (1 - p) / size)
    return max(0.0, p - half), min(1.0, p + half)


def jeffreys(k: int, n: int, level: float) -> Limits:
    """Return the limits of Jeffreys' interval of a proportion.

    Parameters
    ----------
    k, n
        Count and total, 0 ≤ k ≤ n, n ≥ 1.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        The lower and the upper limit; 0 at k = 0, 1 at k = n.

    Notes
    -----
    The equal-tailed interval of the posterior Beta(k + ½, n − k + ½), with the lower limit set to 0 at k = 0 and the
    upper one to 1 at k = n (Brown, Cai & DasGupta 2001, section 4.3).

    References
    ----------
    - Brown, L. D., Cai, T. T., & DasGupta, A. (2001). Interval estimation for a binomial proportion. Statistical
      Science 16:101–133. doi:10.1214/ss/1009213286

    Examples
    --------
    >>> from perception.analysis.estimates.proportions import jeffreys
    >>> low, high = jeffreys(35, 60, 0.95)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.457 to 0.702
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
    """Estimate a proportion from independent answers.

    Parameters
    ----------
    k, n
        Count and total, 0 ≤ k ≤ n.
    method
        One of `METHODS`: "wald", "wilson", "clopper-pearson", "agresti-coull", "jeffreys".
    level
        Level of the interval, between 0 and 1.
    note
        What is added to the method's name, such as "answers taken as independent".

    Returns
    -------
    Estimate
        k/n with its interval. Undefined (`estimate` None, with the reason) at n = 0. Where Wald's interval has no
        width, at k = 0 and k = n, it is Wilson's, and `method` says so.

    Raises
    ------
    ValueError
        `k` is not between 0 and `n`; no method of that name; a level outside (0, 1).

    Notes
    -----
    The formulas are at the functions of the methods; Brown, Cai & DasGupta (2001) compare them. Where several answers
    belong to one image, take `clustered_proportion` or `crossed_proportion` instead: these answers are not independent.

    References
    ----------
    - Brown, L. D., Cai, T. T., & DasGupta, A. (2001). Interval estimation for a binomial proportion. Statistical
      Science 16:101–133. doi:10.1214/ss/1009213286

    Examples
    --------
    >>> from perception.analysis.estimates.proportions import proportion
    >>> share = proportion(35, 60)
    >>> print(f"{share.estimate:.3f} ({share.low:.3f} to {share.high:.3f}), {share.method}")
    0.583 (0.457 to 0.699), Wilson
    >>> proportion(0, 0).reason
    'there is nothing to count'
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
    if low == high:
        # Wald's interval of none, or of all: from a single answer as from a thousand.
        low, high = wilson(k, n, level)
        described = f"{METHODS['wilson'][0]}, as {name} has no width here{f', {note}' if note else ''}"
    return Estimate(k / n, low, high, level, described, n=n, k=k)


@lru_cache(maxsize=64)
def _z(level: float) -> float:
    return float(special.ndtri(0.5 + level / 2))
