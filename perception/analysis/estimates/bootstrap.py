"""Intervals by resampling observers and images, each on its own.

Owen (2007), The pigeonhole bootstrap, Annals of Applied Statistics 1:386–411: the variance comes out somewhat too
large, never too small, for images and observers both random.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.json_values import JsonObject

METHOD = "crossed bootstrap of observers and images, percentile, {resamples:,} resamples, seed {seed}"
FEWEST_RESAMPLES = 10_000
# Resamples are drawn in blocks, so that a large table needs no more memory than a small one.
BLOCK_CELLS = 4_000_000

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BootstrapSummary:
    """Estimates with limits by resampling.

    Attributes
    ----------
    sensitivity, specificity
        The shares of right answers to perturbed and to clean images.
    balanced_accuracy
        Their mean.
    """

    sensitivity: Estimate
    specificity: Estimate
    balanced_accuracy: Estimate

    def as_dict(self) -> JsonObject:
        """Return the three estimates as JSON."""
        return {
            "sensitivity": self.sensitivity.as_dict(),
            "specificity": self.specificity.as_dict(),
            "balanced_accuracy": self.balanced_accuracy.as_dict(),
        }


def bootstrap(
    table: AnswerTable, *, seed: int, resamples: int = FEWEST_RESAMPLES, level: float = 0.95
) -> BootstrapSummary:
    """Estimate sensitivity, specificity and their mean, with percentile intervals by resampling observers and images.

    Parameters
    ----------
    table
        The answers.
    seed
        Seed of NumPy's default generator, at least 0; the same seed gives the same limits.
    resamples
        Number of resamples, at least 10,000.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    BootstrapSummary
        Undefined where there is no answer. Without an interval (`low` and `high` None, `method` says why) where all
        answers were right, or all wrong (every resample then gives the same, which proves nothing), and with fewer than
        two observers or two images of the kind.

    Raises
    ------
    ValueError
        Fewer than 10,000 resamples; a level outside (0, 1).

    Notes
    -----
    Each resample draws as many observers as there are, with replacement, and independently as many perturbed and as
    many clean images; every drawn observer answers every drawn image as in the table. With both observers and images
    random the variance comes out somewhat too large, never too small (Owen 2007). With α = 1 − level the limits are the
    quantiles at α/2 and 1 − α/2 of the resampled shares; resamples without an answer are left out.

    References
    ----------
    - Owen, A. B. (2007). The pigeonhole bootstrap. Annals of Applied Statistics 1:386–411. doi:10.1214/07-AOAS122

    Examples
    --------
    Three observers judged four perturbed and four clean images:

    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.estimates.bootstrap import bootstrap
    >>> table = AnswerTable(
    ...     observers=("A", "B", "C"),
    ...     items=tuple("abcdefgh"),
    ...     truth=np.array([True] * 4 + [False] * 4),
    ...     responses=np.array(
    ...         [[1, 1, 0, 1, 0, 0, 1, 0], [1, 0, 0, 1, 0, 0, 0, 1], [1, 1, 0, 0, 0, 1, 0, 0]], dtype=np.int8
    ...     ),
    ... )
    >>> found = bootstrap(table, seed=1).sensitivity
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.58 (0.17 to 1.00)
    """
    require_level(level)
    if resamples < FEWEST_RESAMPLES:
        raise ValueError(f"{resamples:,} resamples are too few for limits; at least {FEWEST_RESAMPLES:,}")
    generator = np.random.default_rng(seed)
    method = METHOD.format(resamples=resamples, seed=seed)
    took_part = (table.responses != MISSING).any(axis=1)
    responses = table.responses[took_part]
    truths = [_Truth.of(responses[:, table.truth == perturbed], perturbed=perturbed) for perturbed in (True, False)]
    values = np.concatenate([_draw(truths, size, generator) for size in _blocks(responses, resamples)], axis=1)
    sensitivity, specificity = (_estimate(truth, row, method, level) for truth, row in zip(truths, values, strict=True))
    return BootstrapSummary(sensitivity, specificity, _balanced(sensitivity, specificity, values, method, level))


@dataclass(frozen=True, slots=True)
class _Truth:
    """The answers to the images of one truth: 0 and 1, float arrays of shape (J, images)."""

    right: Reals
    answered: Reals

    @classmethod
    def of(cls, responses: NDArray[np.int8], *, perturbed: bool) -> "_Truth":
        responses = responses[:, (responses != MISSING).any(axis=0)]
        return cls((responses == int(perturbed)).astype(float), (responses != MISSING).astype(float))

    @property
    def total(self) -> int:
        return int(self.answered.sum())

    @property
    def k(self) -> int:
        return int(self.right.sum())

    def why_no_interval(self) -> str:
        observers, images = int(self.answered.any(axis=1).sum()), self.answered.shape[1]
        if observers < 2 or images < 2:
            return "no interval from a single observer or image"
        if self.k in (0, self.total):
            return "no interval where all answers are alike"
        return ""


def _draw(truths: list[_Truth], size: int, generator: np.random.Generator) -> Reals:
    """Return the share of right answers in each resample, shape (2, size); nan where it has no answer."""
    shares = np.full((len(truths), size), np.nan)
    observers = len(truths[0].answered)
    if observers == 0:
        return shares
    drawn = _times_drawn(generator, observers, size)
    for row, truth in enumerate(truths):
        images = truth.answered.shape[1]
        if images == 0:
            continue
        times = _times_drawn(generator, images, size)
        right = np.einsum("bi,bi->b", drawn @ truth.right, times)
        answered = np.einsum("bi,bi->b", drawn @ truth.answered, times)
        np.divide(right, answered, out=shares[row], where=answered > 0)
    return shares


def _times_drawn(generator: np.random.Generator, count: int, size: int) -> Reals:
    """Return how often each of `count` units is drawn in each resample of `count`, shape (size, count)."""
    return generator.multinomial(count, np.full(count, 1 / count), size=size).astype(float)


def _blocks(responses: NDArray[np.int8], resamples: int) -> list[int]:
    block = max(1, BLOCK_CELLS // max(1, *responses.shape))
    full, rest = divmod(resamples, block)
    return [block] * full + ([rest] if rest else [])


def _estimate(truth: _Truth, values: Reals, method: str, level: float) -> Estimate:
    if truth.total == 0:
        return Estimate.undefined("there is no answer", method=method, level=level, n=0, k=0)
    share, reason = truth.k / truth.total, truth.why_no_interval()
    if reason:
        return Estimate(share, None, None, None, reason, n=truth.total, k=truth.k)
    low, high = _percentiles(values, level)
    return Estimate(share, low, high, level, method, n=truth.total, k=truth.k)


def _balanced(sensitivity: Estimate, specificity: Estimate, values: Reals, method: str, level: float) -> Estimate:
    n = (sensitivity.n or 0) + (specificity.n or 0)
    if sensitivity.estimate is None or specificity.estimate is None:
        return Estimate.undefined("there is no answer of one of the two kinds", method=method, level=level, n=n)
    value = (sensitivity.estimate + specificity.estimate) / 2
    for part in (sensitivity, specificity):
        if part.low is None:
            return Estimate(value, None, None, None, part.method, n=n)
    low, high = _percentiles(values.mean(axis=0), level)
    return Estimate(value, low, high, level, method, n=n)


def _percentiles(values: Reals, level: float) -> tuple[float, float]:
    """Return the percentile limits; the few resamples without an answer are left out."""
    low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
