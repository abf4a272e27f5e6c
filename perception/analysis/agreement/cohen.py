"""How far two observers agree beyond chance: Cohen's kappa.

Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20:37–46.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from perception.analysis.estimates.estimate import Estimate, require_level

METHOD = "Cohen's kappa, standard error of Fleiss, Cohen & Everitt 1969"
NO_ERROR = "; it is 0 here, which proves nothing"
ROUNDING = 1e-14
Weights = Literal["linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa with its interval, and the test that it is 0.

    Attributes
    ----------
    kappa
        With the interval from the standard error that does not assume the null, clipped to [−1, 1].
    z, p
        From the standard error under the null hypothesis of independent raters; two-sided. None where undefined.
    """

    kappa: Estimate
    z: float | None
    p: float | None


def kappa_of_table(table: NDArray[np.int64], *, weights: Weights | None = None, level: float = 0.95) -> Kappa:
    """Compute Cohen's kappa of a table of two raters.

    κ = (p_o − p_e)/(1 − p_e), with p_o the observed and p_e the expected share of agreement. The interval's variance
    is that of Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72:323–327, as statsmodels computes it.

    Parameters
    ----------
    table
        int array of shape (c, c): the first rater's category by row, the second's by column; for ratings in order.
    weights
        None for categories without an order; "linear" or "quadratic" for ratings.
    level
        Between 0 and 1.

    Returns
    -------
    Undefined without any image, and where both raters were constant, alike or not. Full agreement, and one constant
    rater, have a standard error of 0: an interval without width, which proves nothing, and the method says so.
    """
    require_level(level)
    method = METHOD if weights is None else f"{weights} weights, {METHOD}"
    n = int(table.sum())
    if n == 0:
        return _undefined("no image was judged by both", method, level, n)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    if max(rows) == n and max(columns) == n:
        return _undefined("both gave one answer throughout", method, level, n)
    # Where one rater was constant the standard error under the null is 0, and statsmodels divides by it.
    with np.errstate(divide="ignore", invalid="ignore"):
        result = cohens_kappa(table, wt=weights)
    # Variances of 0 come out as ±1e-17: cut off below, so that rounding makes neither nan nor significance.
    kappa = float(result.kappa)
    error, null_error = (
        sqrt(variance) if variance > ROUNDING else 0.0 for variance in (result.var_kappa, result.var_kappa0)
    )
    if error == 0:
        method += NO_ERROR
    half = float(stats.norm.ppf(0.5 + level / 2)) * error
    estimate = Estimate(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), level, method, n=n)
    if null_error == 0:
        return Kappa(estimate, None, None)
    z = kappa / null_error
    return Kappa(estimate, z, float(2 * stats.norm.sf(abs(z))))


def kappa_of_answers(first: NDArray[np.int8], second: NDArray[np.int8], *, level: float = 0.95) -> Kappa:
    """Compute Cohen's kappa of two observers' answers.

    Parameters
    ----------
    first, second
        int8 arrays of shape (I,): 1, 0, or −1 for missing. Images that one of the two did not judge are left out; the
        estimate's `n` is what is left.
    """
    both = (first >= 0) & (second >= 0)
    table = np.zeros((2, 2), dtype=np.int64)
    np.add.at(table, (first[both].astype(np.intp), second[both].astype(np.intp)), 1)
    return kappa_of_table(table, level=level)


def _undefined(reason: str, method: str, level: float, n: int) -> Kappa:
    return Kappa(Estimate.undefined(reason, method=method, level=level, n=n), None, None)
