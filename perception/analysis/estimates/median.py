"""The median, with an interval that assumes nothing about the distribution."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import wilson

METHOD = "median, order statistics (at least the level)"
CLUSTERED = "median, clustered by image (Woodruff 1952); these observers"


def median(values: NDArray[np.floating], *, level: float = 0.95) -> Estimate:
    """Estimate the median of independent values.

    Parameters
    ----------
    values
        float array of shape (n,); nan is left out.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the values; `n` counts those that are known. Undefined without a value; without an interval
        (`low` and `high` None, `method` says why) where they are too few: fewer than 6 at 95%.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    The interval goes from the r-th smallest to the r-th largest value, with the largest r for which P(B < r) ≤ α/2, B ~
    Binomial(n, ½), α = 1 − level (Conover 1999). It assumes nothing about the distribution, and covers at least at the
    level.

    References
    ----------
    - Conover, W. J. (1999). Practical Nonparametric Statistics, 3rd edition, section 3.2. New York: Wiley.

    Examples
    --------
    Response times in milliseconds:

    >>> import numpy as np
    >>> from perception.analysis.estimates.median import median
    >>> found = median(np.array([1200.0, 1500.0, 1700.0, 2100.0, 2400.0, 3000.0, 9000.0]))
    >>> found.estimate, found.low, found.high
    (2100.0, 1200.0, 9000.0)
    >>> median(np.array([1200.0, 1500.0])).method
    'no interval from so few values'
    """
    require_level(level)
    known = np.sort(values[~np.isnan(values)])
    n = len(known)
    if n == 0:
        return Estimate.undefined("nothing was measured", method=METHOD, level=level, n=0)
    value = float(known[(n - 1) // 2] + known[n // 2]) / 2
    rank = _rank(n, level)
    if rank < 1:
        return Estimate(value, None, None, None, "no interval from so few values", n=n)
    return Estimate(value, float(known[rank - 1]), float(known[n - rank]), level, METHOD, n=n)


def clustered_median(values: NDArray[np.floating], cluster: NDArray[np.intp], *, level: float = 0.95) -> Estimate:
    """Estimate the median of values that are correlated within clusters, such as response times to one image.

    Parameters
    ----------
    values
        float array of shape (n,), all of them known.
    cluster
        int array of shape (n,): the cluster of each value.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the values. Undefined without a value; without an interval (`low` and `high` None, `method` says
        why) where there are too few clusters: fewer than six at 95%, as for independent values.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    The method of Woodruff (1952): with v the variance of the share of values at or below the median, clustered as by
    `ratio_variance`, Wilson's interval of ½ at n_eff = min(n, ¼/v), with the quantile of t with clusters − 1 degrees of
    freedom for z, is one of shares; the limits are the quantiles of the values at its limits.

    References
    ----------
    - Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. Journal of the American
      Statistical Association 47:635–646. doi:10.1080/01621459.1952.10483443

    Examples
    --------
    Two response times in milliseconds to each of eight images:

    >>> import numpy as np
    >>> from perception.analysis.estimates.median import clustered_median
    >>> first = np.array([1100.0, 1250.0, 1700.0, 1900.0, 2000.0, 2500.0, 3100.0, 900.0])
    >>> second = np.array([1300.0, 1500.0, 1650.0, 2300.0, 2600.0, 2700.0, 3000.0, 1000.0])
    >>> image = np.arange(8)
    >>> found = clustered_median(np.append(first, second), np.append(image, image))
    >>> found.estimate, found.low, found.high
    (1800.0, 1100.0, 2700.0)
    """
    require_level(level)
    n = len(values)
    if n == 0:
        return Estimate.undefined("nothing was measured", method=CLUSTERED, level=level, n=0)
    value = float(np.median(values))
    _, codes, sizes = np.unique(cluster, return_inverse=True, return_counts=True)
    clusters = len(sizes)
    if _rank(clusters, level) < 1:
        return Estimate(value, None, None, None, "no interval from so few images", n=n)
    below = np.bincount(codes, weights=values <= value, minlength=clusters)
    share = float(below.sum() / n)
    variance = clusters / (clusters - 1) * float(((below - share * sizes) ** 2).sum()) / n**2
    effective = min(n, 0.25 / variance) if variance > 0 else n
    critical = float(stats.t.ppf(0.5 + level / 2, clusters - 1))
    low, high = wilson(effective / 2, effective, level, critical=critical)
    low, high = (float(np.quantile(values, at, method="inverted_cdf")) for at in (low, high))
    return Estimate(value, min(low, value), max(high, value), level, CLUSTERED, n=n)


@lru_cache(maxsize=1024)
def _rank(n: int, level: float) -> int:
    """Return the largest r with P(B < r) ≤ α/2; 0 where there is none. Many observers have as many values each."""
    return int(stats.binom.ppf((1 - level) / 2, n, 0.5))
