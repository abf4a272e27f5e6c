"""The median, with an interval that assumes nothing about the distribution."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .estimate import Estimate, require_level

METHOD = "median, order statistics (at least the level)"


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
    rank = int(stats.binom.ppf((1 - level) / 2, n, 0.5))
    if rank < 1:
        return Estimate(value, None, None, None, "no interval from so few values", n=n)
    return Estimate(value, float(known[rank - 1]), float(known[n - rank]), level, METHOD, n=n)
