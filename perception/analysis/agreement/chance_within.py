"""Kappa within observers: how far second answers agree with first ones beyond what an observer's habits make alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.estimates.crossed_influence import BOTH_RANDOM, crossed_variance
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.observations import Codes

POOLED = f"kappa pooled over observers (De Vries et al. 2008), chance of different images; {BOTH_RANDOM}"
WEIGHTED = f"quadratic weights, {POOLED}"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is summed up over the repeated trials of each observer and truth; arrays of shape (J, S)."""

    n: Floats
    first: Floats
    second: Floats
    first_squared: Floats
    second_squared: Floats
    apart: Floats


def kappa_within(
    observer: Codes,
    image: Codes,
    stratum: Codes,
    first: Floats,
    second: Floats,
    *,
    weighted: bool = False,
    level: float = 0.95,
) -> Estimate:
    """Estimate kappa within observers, pooled over them.

    Parameters
    ----------
    observer, image
        int arrays of shape (N,), at least 0: whose the pair of answers is, and to what.
    stratum
        int array of shape (N,), at least 0: the truth of what was shown; trials are repeated in its proportions.
    first, second
        float arrays of shape (N,): both answers, 0 or 1; or ratings.
    weighted
        Whether they are ratings: the method then says so.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        `n` counts pairs of answers. Undefined without any, where no observer has two of one truth, and where all
        answers are one and the same. Without an interval as `crossed_variance` says, and where every second answer is
        as the first. The interval is clipped to [−1, 1].

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With d = (first − second)², which of answers of 0 and 1 says whether they differ, and of ratings weighs them
    quadratically,

        κ = 1 − O/E

    where O is the mean of d over all pairs, and E what it would be if second answers had nothing to do with the first
    but the observer: of Cohen's kappa (1960) of each observer, observed and expected agreement are pooled before the
    quotient is taken (De Vries et al. 2008), since of few repeated trials an observer's own kappa is often undefined.
    E is estimated from the first answer to one image and the second answer of the same observer to *another*: with an
    image's own pair in it, as in Cohen's, κ of ten trials would come out too small by some hundredths. So that E is of
    the mix of truths that was shown, pairs of different images are averaged for each two truths s and t first, and
    then over these with the weights Σⱼ nⱼₛ nⱼₜ/nⱼ. The interval is that of `crossed_variance` of the derivatives of κ.

    References
    ----------
    - Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement
      20:37–46. doi:10.1177/001316446002000104
    - De Vries, H., Elliott, M. N., Kanouse, D. E., & Teleki, S. S. (2008). Using pooled kappa to summarize interrater
      agreement across many items. Field Methods 20:272–282. doi:10.1177/1525822X08317166

    Examples
    --------
    Three observers answered four images twice, two of each truth:

    >>> import numpy as np
    >>> from perception.analysis.agreement.chance_within import kappa_within
    >>> first = np.array([1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0.0])
    >>> second = np.array([1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0.0])
    >>> observer, image, truth = np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3), np.tile([0, 0, 1, 1], 3)
    >>> found = kappa_within(observer, image, truth, first, second)
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.69 (-0.05 to 1.00)
    """
    require_level(level)
    method = WEIGHTED if weighted else POOLED
    n = len(first)
    if n == 0:
        return Estimate.undefined("nothing was answered twice", method=method, level=level, n=0)
    observer = np.unique(observer, return_inverse=True)[1].astype(np.intp)
    stratum = np.unique(stratum, return_inverse=True)[1].astype(np.intp)
    sums = _sums(observer, stratum, first, second)
    apart = (first - second) ** 2
    by_chance, of_chance = _chance(sums, observer, stratum, first, second)
    if by_chance is None:
        return Estimate.undefined("no observer answered two images of one truth twice", method=method, level=level, n=n)
    if by_chance <= 0:
        return Estimate.undefined("all answers were one and the same", method=method, level=level, n=n)
    observed = float(apart.mean())
    kappa = 1 - observed / by_chance
    if observed == 0:
        return Estimate(kappa, None, None, None, "no interval where every second answer is as the first", n=n)
    influence = -(apart - observed) / n / by_chance + observed / by_chance**2 * of_chance
    found = crossed_variance(influence, observer, image)
    if isinstance(found, str):
        return Estimate(kappa, None, None, None, found, n=n)
    half = found.half_width(level)
    return Estimate(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), level, method, n=n)


def _sums(observer: Codes, stratum: Codes, first: Floats, second: Floats) -> _Sums:
    strata = int(stratum.max()) + 1
    observers = int(observer.max()) + 1
    cell = observer * strata + stratum

    def summed(values: Floats) -> Floats:
        return np.bincount(cell, values, observers * strata).astype(np.float64).reshape(observers, strata)

    return _Sums(
        summed(np.ones(len(first))),
        *map(summed, (first, second, first**2, second**2, (first - second) ** 2)),
    )


def _chance(sums: _Sums, observer: Codes, stratum: Codes, first: Floats, second: Floats) -> tuple[float | None, Floats]:
    """Return E, and its derivative by the weight of each pair of answers; None where it cannot be estimated."""
    n, total = len(first), sums.n.sum(axis=1, keepdims=True)
    of_truth = sums.n / total  # every observer that there is has answered
    weights = sums.n.T @ of_truth / n
    chance, derivative = 0.0, np.zeros(n)
    own, own_share = sums.n[observer], of_truth[observer]
    for s, t in np.ndindex(weights.shape):
        if weights[s, t] == 0:
            continue
        alike = float(s == t)  # then an image's own pair is taken out
        pairs = float((sums.n[:, s] * (sums.n[:, t] - alike)).sum())
        if pairs <= 0:
            return None, derivative
        apart = (
            sums.n[:, t] * sums.first_squared[:, s]
            + sums.n[:, s] * sums.second_squared[:, t]
            - 2 * sums.first[:, s] * sums.second[:, t]
            - alike * sums.apart[:, s]
        ).sum()
        mean = float(apart) / pairs
        as_first, as_second = (stratum == s).astype(np.float64), (stratum == t).astype(np.float64)
        of_apart = as_first * (
            own[:, t] * first**2 + sums.second_squared[observer, t] - 2 * first * sums.second[observer, t]
        ) + as_second * (sums.first_squared[observer, s] + own[:, s] * second**2 - 2 * sums.first[observer, s] * second)
        of_apart -= 2 * alike * as_first * (first - second) ** 2
        of_pairs = as_first * own[:, t] + as_second * own[:, s] - 2 * alike * as_first
        of_weight = as_first * own_share[:, t] + as_second * own_share[:, s] - own_share[:, s] * own_share[:, t]
        chance += float(weights[s, t]) * mean
        derivative += (of_weight - weights[s, t]) / n * mean + weights[s, t] * (of_apart - mean * of_pairs) / pairs
    return chance, derivative
