"""How far two observers agree beyond chance: Cohen's kappa.

Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20:37–46.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level

METHOD = "Cohen's kappa, standard error of Fleiss, Cohen & Everitt 1969"
NO_ERROR = "no interval: the standard error is 0, which proves nothing"
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

    Parameters
    ----------
    table
        int array of shape (c, c), numbers of images, at least 0: the first rater's category by row, the second's by
        column; categories in ascending order for ratings.
    weights
        None for categories without an order; "linear" or "quadratic" for ratings.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Kappa
        Undefined (`kappa.estimate` None, with the reason) without any image, and where both raters were constant, alike
        or not. Full agreement, and one constant rater, have a standard error of 0: an interval without width, which
        proves nothing, and the method says so. z and p are None where the standard error under the null is 0.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With p_o the observed share of agreement and p_e that of independent raters with the same margins (Cohen 1960):

        κ = (p_o − p_e) / (1 − p_e)

    With weights w_ij = 1 − |i − j|/(c − 1), or 1 − (i − j)²/(c − 1)², both shares are weighted sums over the table. The
    interval is κ ± z SE, clipped to [−1, 1], with the standard error that does not assume κ = 0 (Fleiss, Cohen &
    Everitt 1969); z and p of the test of κ = 0 have the one that does. Both are those of statsmodels.

    References
    ----------
    - Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement
      20:37–46. doi:10.1177/001316446002000104
    - Fleiss, J. L., Cohen, J., & Everitt, B. S. (1969). Large sample standard errors of kappa and weighted kappa.
      Psychological Bulletin 72:323–327. doi:10.1037/h0028106

    Examples
    --------
    Two raters say “yes” and “no” of 50 images; they agree on 20 + 15 of them:

    >>> import numpy as np
    >>> from perception.analysis.agreement.cohen import kappa_of_table
    >>> result = kappa_of_table(np.array([[20, 5], [10, 15]]))
    >>> kappa = result.kappa
    >>> print(f"{kappa.estimate:.2f} ({kappa.low:.2f} to {kappa.high:.2f}), p = {result.p:.4f}")
    0.40 (0.15 to 0.65), p = 0.0039
    >>> kappa_of_table(np.array([[50, 0], [0, 0]])).kappa.reason
    'both gave one answer throughout'
    """
    require_level(level)
    method = METHOD if weights is None else f"{weights} weights, {METHOD}"
    n = int(table.sum())
    if n == 0:
        return _undefined("no image was judged by both", method, level, n)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    if max(rows) == n and max(columns) == n:
        return _undefined("both gave one answer throughout", method, level, n)
    from statsmodels.stats.inter_rater import cohens_kappa  # it brings pandas along, which takes a second

    # Where one rater was constant the standard error under the null is 0, and statsmodels divides by it.
    with np.errstate(divide="ignore", invalid="ignore"):
        result = cohens_kappa(table, wt=weights)
    # Variances of 0 come out as ±1e-17: cut off below, so that rounding makes neither nan nor significance.
    kappa = float(result.kappa)
    error, null_error = (
        sqrt(variance) if variance > ROUNDING else 0.0 for variance in (result.var_kappa, result.var_kappa0)
    )
    half = float(stats.norm.ppf(0.5 + level / 2)) * error
    estimate = Estimate(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), level, method, n=n)
    if error == 0:
        estimate = Estimate(kappa, None, None, None, NO_ERROR, n=n)
    if null_error == 0:
        return Kappa(estimate, None, None)
    z = kappa / null_error
    return Kappa(estimate, z, float(2 * stats.norm.sf(abs(z))))


def kappa_of_answers(first: NDArray[np.int8], second: NDArray[np.int8], *, level: float = 0.95) -> Kappa:
    """Compute Cohen's kappa of two observers' answers, as `kappa_of_table` does.

    Parameters
    ----------
    first, second
        int8 arrays of shape (I,): 1, 0, or −1 for missing. Images that one of the two did not judge are left out.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Kappa
        The estimate's `n` counts the images that both judged. Undefined as for `kappa_of_table`.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.agreement.cohen import kappa_of_answers
    >>> first = np.array([1, 1, 1, 0, 0, 0, 1, 0, -1, 1], dtype=np.int8)
    >>> second = np.array([1, 1, 0, 0, 0, 1, 1, 0, 1, -1], dtype=np.int8)
    >>> kappa = kappa_of_answers(first, second).kappa
    >>> print(f"{kappa.estimate:.2f} ({kappa.low:.2f} to {kappa.high:.2f}), {kappa.n} images")
    0.50 (-0.10 to 1.00), 8 images
    """
    both = (first >= 0) & (second >= 0)
    table = np.zeros((2, 2), dtype=np.int64)
    np.add.at(table, (first[both].astype(np.intp), second[both].astype(np.intp)), 1)
    return kappa_of_table(table, level=level)


def _undefined(reason: str, method: str, level: float, n: int) -> Kappa:
    return Kappa(Estimate.undefined(reason, method=method, level=level, n=n), None, None)
