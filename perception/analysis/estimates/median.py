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

    The interval is that of the r-th smallest to the r-th largest value, with the largest r for which P(B < r) ≤ α/2,
    B ~ Binomial(n, ½) (Conover 1999, Practical Nonparametric Statistics, section 3.2).

    Parameters
    ----------
    values
        float array of shape (n,); nan is left out.
    level
        Between 0 and 1.

    Returns
    -------
    Undefined without a value; without an interval where they are too few (fewer than 6 at 95%).
    """
    require_level(level)
    known = np.sort(values[~np.isnan(values)])
    n = len(known)
    if n == 0:
        return Estimate.undefined("nothing was measured", method=METHOD, level=level, n=0)
    value = float(np.median(known))
    rank = _rank(n, level)
    if rank < 1:
        return Estimate(value, None, None, None, "no interval from so few values", n=n)
    return Estimate(value, float(known[rank - 1]), float(known[n - rank]), level, METHOD, n=n)


def clustered_median(values: NDArray[np.floating], cluster: NDArray[np.intp], *, level: float = 0.95) -> Estimate:
    """Estimate the median of values of which those in one cluster are alike, such as times at one image.

    Woodruff (1952), Confidence intervals for medians and other position measures, Journal of the American Statistical
    Association 47:635–646: the share of values at or below the median has the interval of a clustered share (the ratio
    estimator, Wilson at the effective n, t), and the limits are the quantiles at its limits.

    Parameters
    ----------
    values
        float array of shape (n,), all of them known.
    cluster
        int array of shape (n,): which cluster the value is in.
    level
        Between 0 and 1.

    Returns
    -------
    Undefined without a value; without an interval from fewer than six clusters, as for independent values.
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
