"""The variance of any smooth figure of answers, observers and images both samples, from what each answer does to it."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import require_level
from perception.analysis.estimates.satterthwaite import satterthwaite_freedom

BOTH_RANDOM = "images and observers both random (two-way), linearised, t"


@dataclass(frozen=True, slots=True)
class CrossedVariance:
    """A variance and how well it is known.

    Attributes
    ----------
    variance
        Of the figure, at least 0.
    freedom
        Degrees of freedom of the variance.
    """

    variance: float
    freedom: float

    def half_width(self, level: float) -> float:
        """Return half of the interval's width: the quantile of t at ½ + level/2 times the standard error.

        Parameters
        ----------
        level
            Level of the interval, between 0 and 1.

        Raises
        ------
        ValueError
            A level outside (0, 1).
        """
        require_level(level)
        return float(stats.t.ppf(0.5 + level / 2, self.freedom)) * sqrt(self.variance)


def crossed_variance(
    influence: NDArray[np.float64], observer: NDArray[np.intp], image: NDArray[np.intp]
) -> CrossedVariance | str:
    """Estimate the variance of a figure where other observers would have judged other images.

    Parameters
    ----------
    influence
        float array of shape (N,): the derivative of the figure by the weight of each unit (an answer, or a pair of
        answers), which add up to 0; no unit need be there for every observer and image.
    observer, image
        int arrays of shape (N,), at least 0: whose it is, and to what.

    Returns
    -------
    CrossedVariance or str
        Or why there is none: fewer than three observers or two images, or a figure that no unit moves, whose variance
        of 0 would prove nothing.

    Notes
    -----
    With Lⱼ, Lᵢ and L the sums of the influence of an observer's units, of an image's, and of one (the infinitesimal
    jackknife, Efron 1982), J observers and G images,

        v_observer = J/(J − 1) Σ Lⱼ²,  v_image = G/(G − 1) Σ Lᵢ²,  v_cell = N/(N − 1) Σ L²

        v = v_cell + max(v_observer − v_cell, 0) + max(v_image − v_cell, 0)
        df = v² / (max(v_observer − v_cell, 0)²/(J − 1) + max(v_image − v_cell, 0)²/(G − 1) + v_cell²/(N − 1))

    v is the two-way variance v_observer + v_image − v_cell (Cameron, Gelbach & Miller 2011) with what either factor
    adds to that of single units kept from being negative. Where nearly all of the variance is that of single units, as
    of repeated trials, of which each observer has others, this is less wasteful than a floor at the greater of
    v_observer and v_image. The degrees of freedom are Satterthwaite's (1946).

    References
    ----------
    - Efron, B. (1982). The Jackknife, the Bootstrap and Other Resampling Plans. Philadelphia: SIAM.
    - Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with multiway clustering. Journal of
      Business & Economic Statistics 29:238–249. doi:10.1198/jbes.2010.07136
    - Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components. Biometrics Bulletin
      2:110–114. doi:10.2307/3002019

    Examples
    --------
    The mean of six answers, of three observers to two images:

    >>> import numpy as np
    >>> from perception.analysis.estimates.crossed_influence import crossed_variance
    >>> answers = np.array([1, 0, 1, 1, 0, 0])
    >>> found = crossed_variance((answers - answers.mean()) / 6, np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1] * 3))
    >>> print(f"{found.variance:.4f}, {found.freedom:.1f}")
    0.0833, 6.6
    """
    observers, images = np.unique(observer), np.unique(image)
    if len(observers) < FEWEST_OBSERVERS:
        return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
    if len(images) < 2:
        return "no interval from a single image"
    if not np.any(np.abs(influence) > 1e-14):
        return "no interval where all answers are alike"
    cell = _sum_of_squares(influence)
    by_observer = max(_sum_of_squares(np.bincount(observer, influence)[observers]) - cell, 0.0)
    by_image = max(_sum_of_squares(np.bincount(image, influence)[images]) - cell, 0.0)
    variance = cell + by_observer + by_image
    parts = [(by_observer, len(observers) - 1), (by_image, len(images) - 1), (cell, len(influence) - 1)]
    return CrossedVariance(variance, satterthwaite_freedom(variance, parts))


def _sum_of_squares(sums: NDArray[np.floating | np.integer]) -> float:
    return len(sums) / (len(sums) - 1) * float(np.sum(sums**2))
