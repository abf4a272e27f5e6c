"""Balanced accuracy, and whether it lies within a margin of chance, by two one-sided tests.

The tests are the rule of protocols up to version 3; newer ones judge d′ (`d_prime_margin`). Schuirmann (1987), Journal
of Pharmacokinetics and Biopharmaceutics 15:657–680. That a test of difference finds nothing is no evidence of
equivalence; this is.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.answer_table import AnswerTable
from perception.analysis.detection.margin import CHANCE, require_below_half
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.spread import Spread
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import SHOWN, Task

THESE_OBSERVERS = "mean of sensitivity and specificity, clustered by image, t; these observers"
THESE_BY_NORMAL = "mean of sensitivity and specificity, clustered by image, normal; these observers"
BOTH_RANDOM = "mean of sensitivity and specificity, images and observers both random (two-way), t"


@dataclass(frozen=True, slots=True)
class BalancedAccuracy:
    """The mean of sensitivity and specificity.

    Attributes
    ----------
    estimate
        With its interval.
    standard_error
        None where there is no interval.
    freedom
        Degrees of freedom of t; infinite for the normal distribution; None where there is no interval.
    """

    estimate: Estimate
    standard_error: float | None
    freedom: float | None

    @property
    def smallest_margin(self) -> float | None:
        """How far the interval reaches from ½: larger differences from chance are excluded. None without interval."""
        if self.estimate.low is None or self.estimate.high is None:
            return None
        return max(CHANCE - self.estimate.low, self.estimate.high - CHANCE)

    def as_dict(self) -> JsonObject:
        """Return the estimate as JSON, with the smallest margin that it leaves."""
        return {**self.estimate.as_dict(), "smallest_margin": self.smallest_margin}


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests.

    Attributes
    ----------
    balanced_accuracy
        With the interval of level 1 − 2α; of choices between two images it is the share right.
    margin
        δ, set before the study opens.
    p_below, p_above
        Of the tests of "≤ ½ − δ" and "≥ ½ + δ"; None without a standard error.
    p
        The larger of both.
    undetectable
        Whether both tests reject, which is whether the interval lies inside ½ ± δ; None without a standard error.
    """

    balanced_accuracy: Estimate
    margin: float
    p_below: float | None
    p_above: float | None
    p: float | None
    undetectable: bool | None

    def as_dict(self) -> JsonObject:
        """Return the tests as JSON."""
        return {
            "balanced_accuracy": self.balanced_accuracy.as_dict(),
            "margin": self.margin,
            "p_below": self.p_below,
            "p_above": self.p_above,
            "p": self.p,
            "undetectable": self.undetectable,
        }


def balanced_accuracy(
    table: AnswerTable,
    *,
    observers_random: bool = False,
    level: float = 0.90,
    by_normal: bool = False,
    task: Task = "yes_no",
) -> BalancedAccuracy:
    """Estimate the mean of sensitivity and specificity.

    Parameters
    ----------
    table
        The answers.
    observers_random
        Whether the statistic speaks for observers like these rather than for these.
    level
        Level of the interval, between 0 and 1; 0.90 for two one-sided tests at 0.05.
    by_normal
        Whether the interval for these observers has a normal quantile, as in the rule that protocols up to version 3
        fixed: too narrow where there are few images of one kind (48 and 4 cover 86% for 90%).
    task
        What was asked: reasons say what was shown.

    Returns
    -------
    BalancedAccuracy
        Undefined without an answer to an image of either truth. Without an interval (`low` and `high` None, `method`
        says why): fewer than two images of either truth, fewer than three observers where they are random, and where
        all answers to the perturbed images, or all to the clean ones, are alike: their variance is 0 and proves
        nothing.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With p₁ the sensitivity and p₀ the specificity, (p₁ + p₀)/2 ± q SE, cut off at 0 and 1.

    - These observers: SE = ½ √(v₁ + v₀), with v of each share clustered by image (`ratio_variance`), and at least
      p(1 − p)/N, as for the shares themselves; q is a quantile of t with the degrees of freedom of Welch and
      Satterthwaite, (v₁ + v₀)²/(v₁²/(G₁ − 1) + v₀²/(G₀ − 1)) of G₁ perturbed and G₀ clean images.
    - Observers random: SE = ½ √v, v = v_image + v_observer − v_cell, at least max(v_image, v_observer), each of the sum
      of both shares' residuals, so that an observer's bias to one answer, which raises one share and lowers the
      other, cancels; q is a quantile of t with Satterthwaite's degrees of freedom (1946).

    References
    ----------
    - Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components. Biometrics Bulletin
      2:110–114. doi:10.2307/3002019

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.detection.equivalence import balanced_accuracy
    >>> table = AnswerTable(
    ...     observers=("A", "B", "C"),
    ...     items=tuple("abcdefgh"),
    ...     truth=np.array([True] * 4 + [False] * 4),
    ...     responses=np.array(
    ...         [[1, 1, 0, 1, 0, 0, 1, 0], [1, 0, 0, 1, 0, 0, 0, 1], [1, 1, 0, 0, 0, 1, 0, 0]], dtype=np.int8
    ...     ),
    ... )
    >>> found = balanced_accuracy(table)
    >>> print(f"{found.estimate.estimate:.3f} ({found.estimate.low:.3f} to {found.estimate.high:.3f})")
    0.667 (0.419 to 0.914)
    >>> print(f"{found.smallest_margin:.3f}")
    0.414
    """
    require_level(level)
    method = BOTH_RANDOM if observers_random else THESE_BY_NORMAL if by_normal else THESE_OBSERVERS
    shares = [_Share.of(*table.correct(perturbed=perturbed)) for perturbed in (True, False)]
    n = sum(share.total for share in shares)
    for share, (one, _) in zip(shares, SHOWN[task], strict=True):
        if not share.total:
            reason = f"there is no answer to {one}"
            return BalancedAccuracy(Estimate.undefined(reason, method=method, level=level, n=n), None, None)
    value = sum(share.p for share in shares) / 2
    reason = _why_no_interval(shares, task, observers_random=observers_random)
    if reason:
        return BalancedAccuracy(Estimate(value, None, None, None, reason, n=n), None, None)
    of_shares = [max(share.by_image, share.binomial) for share in shares]
    images = [share.images for share in shares]
    these = Spread(sum(of_shares), float("inf") if by_normal else _welch(of_shares, images))
    spread = these
    if observers_random:
        # The rule of protocols up to version 3 has its interval however narrow.
        spread = _random_spread(shares) if by_normal else _random_spread(shares).at_least(these, level)
    critical, variance, freedom = spread.critical(level), spread.variance, spread.freedom
    error = sqrt(variance) / 2
    low, high = max(0.0, value - critical * error), min(1.0, value + critical * error)
    return BalancedAccuracy(Estimate(value, low, high, level, method, n=n), error, freedom)


def equivalence(
    table: AnswerTable, *, margin: float, observers_random: bool = False, alpha: float = 0.05
) -> Equivalence:
    """Test whether balanced accuracy lies within a margin of ½, by two one-sided tests.

    Parameters
    ----------
    table
        The answers.
    margin
        δ, between 0 and ½, set before the study opens.
    observers_random
        Whether the test speaks for observers like these rather than for these.
    alpha
        Level of each of the two tests, between 0 and ½; the interval's level is 1 − 2α.

    Returns
    -------
    Equivalence
        The p-values and the decision are None where `balanced_accuracy` has no interval.

    Raises
    ------
    ValueError
        A margin outside (0, ½); an α outside (0, ½).

    Notes
    -----
    With x the balanced accuracy, SE its standard error and T the distribution of t (normal for these observers)
    (Schuirmann 1987):

        p_below = P(T ≥ (x − (½ − δ))/SE),  p_above = P(T ≤ (x − (½ + δ))/SE)

    The change is undetectable within δ where both are below α, which is where the interval of level 1 − 2α lies inside
    ½ ± δ. That a test of difference finds nothing is no evidence of equivalence; this is.

    References
    ----------
    - Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach for assessing
      the equivalence of average bioavailability. Journal of Pharmacokinetics and Biopharmaceutics 15:657–680.
      doi:10.1007/BF01068419

    Examples
    --------
    Ten observers who call every second image perturbed, whatever it is, of 40 perturbed and 40 clean ones:

    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.detection.equivalence import equivalence
    >>> table = AnswerTable(
    ...     observers=tuple("ABCDEFGHIJ"),
    ...     items=tuple(f"image {number}" for number in range(80)),
    ...     truth=np.arange(80) < 40,
    ...     responses=((np.arange(80) + np.arange(10)[:, None]) % 2).astype(np.int8),
    ... )
    >>> test = equivalence(table, margin=0.05)
    >>> print(f"{test.balanced_accuracy.low:.3f} to {test.balanced_accuracy.high:.3f}, p = {test.p:.4f}")
    0.471 to 0.529, p = 0.0023
    >>> test.undetectable
    True
    """
    require_below_half("a margin", margin)
    require_below_half("alpha", alpha)
    accuracy = balanced_accuracy(table, observers_random=observers_random, level=1 - 2 * alpha, by_normal=True)
    return within_margin(accuracy, margin=margin, alpha=alpha)


def within_margin(accuracy: BalancedAccuracy, *, margin: float, alpha: float = 0.05) -> Equivalence:
    """Test whether an accuracy lies within a margin of ½, as `equivalence` does.

    Parameters
    ----------
    accuracy
        The accuracy, estimated at the level 1 − 2α.
    margin
        δ, between 0 and ½, set before the study opens.
    alpha
        Level of each of the two tests, between 0 and ½.

    Returns
    -------
    Equivalence
        The p-values and the decision are None where the accuracy has no interval.

    Raises
    ------
    ValueError
        A margin outside (0, ½); an α outside (0, ½).
    """
    require_below_half("a margin", margin)
    require_below_half("alpha", alpha)
    value, error, freedom = accuracy.estimate.estimate, accuracy.standard_error, accuracy.freedom
    if value is None or error is None or freedom is None:
        return Equivalence(accuracy.estimate, margin, None, None, None, None)
    p_below = float(stats.t.sf((value - (CHANCE - margin)) / error, freedom))
    p_above = float(stats.t.cdf((value - (CHANCE + margin)) / error, freedom))
    p = max(p_below, p_above)
    return Equivalence(accuracy.estimate, margin, p_below, p_above, p, p < alpha)


@dataclass(frozen=True, slots=True)
class _Share:
    """One share (sensitivity or specificity) with the parts of its variance.

    `residuals` is what each answer adds to the share's error: (right − p)/N, 0 where there is no answer.
    """

    total: int
    p: float
    images: int
    residuals: NDArray[np.float64]

    @classmethod
    def of(cls, correct: NDArray[np.bool_], answered: NDArray[np.bool_]) -> "_Share":
        total = int(answered.sum())
        p = float((correct & answered).sum() / total) if total else 0.0
        residuals = np.where(answered, correct - p, 0.0) / max(total, 1)
        return cls(total, p, int(answered.any(axis=0).sum()), residuals)

    @property
    def binomial(self) -> float:
        return self.p * (1 - self.p) / self.total

    @property
    def by_image(self) -> float:
        return self.images / (self.images - 1) * float((self.residuals.sum(axis=0) ** 2).sum())

    @property
    def by_cell(self) -> float:
        return self.total / (self.total - 1) * float((self.residuals**2).sum())


def _random_spread(shares: list[_Share]) -> Spread:
    """Return the variance of the sum of both shares, observers random, with its degrees of freedom."""
    of_observers = sum(share.residuals.sum(axis=1) for share in shares)
    observers = _observers(shares)
    by_observer = observers / (observers - 1) * float((of_observers**2).sum())
    by_image = sum(share.by_image for share in shares)
    by_cell = sum(share.by_cell for share in shares)
    variance = max(by_image + by_observer - by_cell, by_image, by_observer)
    if variance == 0:
        # Every image and every observer has the same share right; that of independent answers is left.
        return Spread(sum(share.binomial for share in shares), min(observers, *(share.images for share in shares)) - 1)
    parts = by_observer**2 / (observers - 1) + sum(share.by_image**2 / (share.images - 1) for share in shares)
    return Spread(variance, variance**2 / parts)


def _welch(variances: list[float], images: list[int]) -> float:
    parts = sum(variance**2 / (n - 1) for variance, n in zip(variances, images, strict=True))
    return sum(variances) ** 2 / parts


def _observers(shares: list[_Share]) -> int:
    return int((sum((share.residuals != 0).any(axis=1).astype(int) for share in shares) > 0).sum())


def _why_no_interval(shares: list[_Share], task: Task, *, observers_random: bool) -> str:
    if min(share.images for share in shares) < 2:
        return "no interval from a single image"
    for share, (_, several) in zip(shares, SHOWN[task], strict=True):
        if share.p in (0, 1):
            return f"no interval: all answers to {several} are alike, and a variance of 0 proves nothing"
    if observers_random and _observers(shares) < FEWEST_OBSERVERS:
        return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
    return ""
