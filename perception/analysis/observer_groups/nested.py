"""Groups of observers compared by a figure of merit: observers nested in groups, images crossed with both.

Obuchowski & Rockette's model for observers of one group each ("unpaired readers, paired cases", Obuchowski 1995), by
the marginal means of Hillis (2014).
"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.two_arms.obuchowski_rockette import Comparison, without_interval

Floats = NDArray[np.float64]

THESE = "nested observers, Obuchowski–Rockette, DeLong covariances; images random, these observers"
RANDOM = "nested observers, Obuchowski–Rockette, DeLong covariances, Satterthwaite; observers and images random"
NO_WIDTH = "no interval: a variance of 0 proves nothing"
_NOTHING = 1e-15
"""Rounding in sums of squares leaves this much of a variance of 0."""


@dataclass(frozen=True, slots=True)
class GroupValues:
    """A figure of the observers of one group.

    Attributes
    ----------
    values
        float array of shape (J,).
    places
        int array of shape (J,): their rows in the matrix of covariances.
    """

    values: Floats
    places: NDArray[np.intp]

    @property
    def between(self) -> float:
        """MS(R)/J: what the mean varies by, by the spread of the observers' own; 0 of a single one."""
        return float(self.values.var(ddof=1)) / len(self.values) if len(self.values) > 1 else 0.0


@dataclass(frozen=True, slots=True)
class _Width:
    error: float
    freedom: float
    method: str

    def half(self, level: float) -> float:
        return float(stats.t.ppf(0.5 + level / 2, self.freedom)) * self.error


def mean_of_group(
    group: GroupValues, covariances: Floats, *, level: float = 0.95, n: int, freedom: int, bounds: tuple[float, float]
) -> Estimate:
    """Estimate the mean figure of a group.

    Parameters
    ----------
    group
        The observers' own figures, one at least.
    covariances
        float array of shape (K, K): of the errors that images bring about in the figures of all K observers.
    level
        Level of the interval, between 0 and 1.
    n
        The number of images.
    freedom
        Degrees of freedom of the variance between images.
    bounds
        Between which the figure lies.

    Returns
    -------
    Estimate
        For observers and images like these from three observers on, for these observers else, and where that is wider.
        Without an interval where its variance is 0.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    As `difference_of_groups`, of one group: SE² = MS(R)/J + max(Cov₂, 0).
    """
    require_level(level)
    mean = float(group.values.mean())
    width = _width([(group, 1.0)], covariances, freedom, level)
    if width is None:
        return Estimate(mean, None, None, None, NO_WIDTH, n=n)
    half = width.half(level)
    low, high = max(bounds[0], mean - half), min(bounds[1], mean + half)
    return Estimate(mean, low, high, level, f"each group alone: {width.method}", n=n)


def difference_of_groups(
    first: GroupValues, second: GroupValues, covariances: Floats, *, level: float = 0.95, n: int, freedom: int
) -> Comparison:
    """Estimate the difference of two groups' means, first less second, and test that there is none.

    Parameters
    ----------
    first, second
        The figures of different observers, one at least in each.
    covariances, level, n, freedom
        As for `mean_of_group`.

    Returns
    -------
    Comparison
        For observers and images like these where both groups have three observers or more, for these observers else,
        and where that is wider. Without an interval (`low` and `high` None, `method` says why) where its variance is 0.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Observers are nested in groups, so that two groups have no observer's own level in common; images are crossed, so
    that their difficulty is, as far as both judged the same ones. With J_g observers in group g, MS_g the variance of
    their figures, Cov₂g the mean error covariance of two of them and Cov₃ that of two observers of different groups
    (DeLong's, over the images that both judged: 0 where there are none),

        observers and images random: V = MS₁/J₁ + MS₂/J₂ + max(Cov₂₁ + Cov₂₂ − 2 Cov₃, 0),
                                     df = V² / Σ_g (MS_g/J_g)²/(J_g − 1)
        these observers:             V = cᵀ Σ c, with c = 1/J₁ in the first group and −1/J₂ in the second, Σ the
                                     covariances of all; t with the degrees of freedom of the images

    The first is the F test of Hillis (2014) for observers nested in the factor (with one covariance for both groups it
    is his; here each group has its own, as of Welch's test), with Satterthwaite's degrees of freedom for the mean
    squares alone, as of Hillis (2007). An interval for observers like these that were narrower than that for these
    observers takes the latter's place.

    References
    ----------
    - Obuchowski, N. A. (1995). Multireader, multimodality receiver operating characteristic curve studies: hypothesis
      testing and sample size estimation using an analysis of variance approach with dependent observations. Academic
      Radiology 2(Suppl 1):S22–S29.
    - Hillis, S. L. (2007). A comparison of denominator degrees of freedom methods for multiple observer ROC analysis.
      Statistics in Medicine 26:596–619. doi:10.1002/sim.2532
    - Hillis, S. L. (2014). A marginal-mean ANOVA approach for analyzing multireader multicase radiological imaging
      data. Statistics in Medicine 33:330–360. doi:10.1002/sim.5926

    Examples
    --------
    Three observers of one group and three of another judged the same five images:

    >>> import numpy as np
    >>> from perception.analysis.observer_groups.nested import GroupValues, difference_of_groups
    >>> one = GroupValues(np.array([0.8, 0.6, 1.0]), np.arange(3))
    >>> other = GroupValues(np.array([0.4, 0.6, 0.2]), np.arange(3, 6))
    >>> covariances = 0.004 + 0.01 * np.eye(6)
    >>> found = difference_of_groups(one, other, covariances, n=5, freedom=4)
    >>> print(f"{found.difference.estimate:.2f} ({found.difference.low:.2f} to {found.difference.high:.2f})")
    0.40 (-0.05 to 0.85)
    """
    require_level(level)
    value = float(first.values.mean() - second.values.mean())
    width = _width([(first, 1.0), (second, -1.0)], covariances, freedom, level)
    if width is None:
        return without_interval(value, NO_WIDTH, n)
    half = width.half(level)
    p = float(2 * stats.t.sf(abs(value) / width.error, width.freedom))
    estimate = Estimate(value, value - half, value + half, level, f"difference of groups: {width.method}", n=n)
    return Comparison(estimate, width.error, (value / width.error) ** 2, width.freedom, p)


def _width(groups: list[tuple[GroupValues, float]], covariances: Floats, freedom: int, level: float) -> _Width | None:
    """Return the wider of both, or that for these observers where a group is too small; None without a variance."""
    weights = np.zeros(len(covariances))
    for group, sign in groups:
        weights[group.places] = sign / len(group.values)
    these = float(weights @ covariances @ weights)
    of_these = _Width(sqrt(these), freedom, THESE) if these > _NOTHING else None
    if min(len(group.values) for group, _ in groups) < FEWEST_OBSERVERS:
        return of_these
    parts = [group.between for group, _ in groups]
    variance = sum(parts) + max(_of_images(groups, covariances), 0)
    if variance <= _NOTHING:
        return of_these
    spread = sum(part**2 / (len(group.values) - 1) for part, (group, _) in zip(parts, groups, strict=True))
    of_all = _Width(sqrt(variance), variance**2 / spread if spread > _NOTHING**2 else inf, RANDOM)
    return of_these if of_these is not None and of_these.half(level) > of_all.half(level) else of_all


def _of_images(groups: list[tuple[GroupValues, float]], covariances: Floats) -> float:
    """Return Cov₂ of each group, less twice the mean covariance between two."""
    total = 0.0
    for place, (group, sign) in enumerate(groups):
        count = len(group.values)
        own = covariances[np.ix_(group.places, group.places)]
        total += float(own.sum() - own.trace()) / (count * (count - 1))
        for other, other_sign in groups[:place]:
            total += 2 * sign * other_sign * float(covariances[np.ix_(group.places, other.places)].mean())
    return total
