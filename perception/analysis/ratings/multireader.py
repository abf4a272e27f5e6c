"""The mean area under several observers' ROC curves, for observers and images like these.

Obuchowski & Rockette (1995), Communications in Statistics – Simulation and Computation 24:285–308; degrees of freedom
of Hillis (2007), Statistics in Medicine 26:596–619; covariances of DeLong, DeLong & Clarke-Pearson (1988).
"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.json_values import JsonObject
from perception.analysis.ratings.roc import auc, placements

METHOD = "Obuchowski & Rockette 1995, degrees of freedom of Hillis 2007; observers and images random"


@dataclass(frozen=True, slots=True)
class MultiReader:
    """Areas under ROC curves.

    Attributes
    ----------
    mean
        Over the observers; n is the number of images that all of them rated.
    observers
        Each observer's own, over the same images, for images like these.
    between_observers
        MS(R), the mean square of the areas; None without an interval.
    covariance
        The mean covariance of two observers' areas, which the images that they share bring about; None likewise.
    freedom
        Degrees of freedom of t; None likewise.
    """

    mean: Estimate
    observers: tuple[Estimate, ...]
    between_observers: float | None
    covariance: float | None
    freedom: float | None

    def as_dict(self) -> JsonObject:
        """Return the areas as JSON."""
        return {"mean": self.mean.as_dict(), "observers": [observer.as_dict() for observer in self.observers]}


def mean_area(truth: NDArray[np.bool_], ratings: NDArray[np.floating], *, level: float = 0.95) -> MultiReader:
    """Estimate the mean area under the observers' ROC curves, for observers and images like these.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), observers × images: higher means more surely perturbed; nan where missing. Images
        that not every observer rated are left out.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    MultiReader
        Undefined without an observer, or without an image of either truth that all rated. Without an interval (`low`
        and `high` None, `method` says why) from one observer, from fewer than two images of either truth, and where the
        standard error is 0.

    Raises
    ------
    ValueError
        The arrays do not fit together; a level outside (0, 1).

    Notes
    -----
    The analysis of Obuchowski & Rockette (1995) for a single modality, with the covariances of DeLong, DeLong &
    Clarke-Pearson (1988) and the degrees of freedom of Hillis (2007). With J observers, MS(R) the variance of their
    areas and Cov₂ the mean covariance of two of them:

        SE = √(MS(R)/J + max(Cov₂, 0))
        df = (MS(R) + J max(Cov₂, 0))² / (MS(R)²/(J − 1))

    The interval is the mean ± t SE, clipped to [0, 1].

    References
    ----------
    - Obuchowski, N. A., & Rockette, H. E. (1995). Hypothesis testing of diagnostic accuracy for multiple readers and
      multiple tests: an ANOVA approach with dependent observations. Communications in Statistics – Simulation and
      Computation 24:285–308. doi:10.1080/03610919508813243
    - DeLong, E. R., DeLong, D. M., & Clarke-Pearson, D. L. (1988). Comparing the areas under two or more correlated
      receiver operating characteristic curves: a nonparametric approach. Biometrics 44:837–845. doi:10.2307/2531595
    - Hillis, S. L. (2007). A comparison of denominator degrees of freedom methods for multiple observer ROC analysis.
      Statistics in Medicine 26:596–619. doi:10.1002/sim.2532

    Examples
    --------
    Three observers rated five perturbed and five clean images:

    >>> import numpy as np
    >>> from perception.analysis.ratings.multireader import mean_area
    >>> truth = np.array([True] * 5 + [False] * 5)
    >>> ratings = np.array(
    ...     [
    ...         [6.0, 5.0, 4.0, 2.0, 5.0, 1.0, 2.0, 4.0, 3.0, 2.0],
    ...         [5.0, 5.0, 3.0, 3.0, 6.0, 2.0, 2.0, 5.0, 1.0, 1.0],
    ...         [4.0, 6.0, 2.0, 3.0, 4.0, 3.0, 1.0, 4.0, 2.0, 3.0],
    ...     ]
    ... )
    >>> found = mean_area(truth, ratings)
    >>> [round(area.estimate, 2) for area in found.observers]
    [0.86, 0.88, 0.74]
    >>> print(f"{found.mean.estimate:.3f} ({found.mean.low:.3f} to {found.mean.high:.3f}), df {found.freedom:.0f}")
    0.827 (0.609 to 1.000), df 79
    """
    require_level(level)
    if ratings.ndim != 2 or truth.shape != ratings.shape[1:]:
        raise ValueError(f"truth has the shape {truth.shape}, ratings {ratings.shape}")
    rated = ~np.isnan(ratings).any(axis=0)
    truth, ratings = truth[rated], ratings[:, rated]
    observers = tuple(auc(truth, row, level=level) for row in ratings)
    reason = _why_undefined(truth, len(observers))
    if reason:
        nothing = Estimate.undefined(reason, method=METHOD, level=level, n=len(truth))
        return MultiReader(nothing, observers, None, None, None)
    placed = [placements(row[truth], row[~truth]) for row in ratings]
    areas = np.array([one.perturbed.mean() for one in placed])
    mean, count, perturbed = float(areas.mean()), len(areas), int(truth.sum())
    if count < 2 or not 2 <= perturbed <= len(truth) - 2:
        alone = "observer" if count < 2 else "image"
        without = Estimate(mean, None, None, None, f"no interval from a single {alone}", n=len(truth))
        return MultiReader(without, observers, None, None, None)
    covariances = np.cov([one.perturbed for one in placed]) / perturbed
    covariances += np.cov([one.clean for one in placed]) / (len(truth) - perturbed)
    covariance = float(covariances[~np.eye(count, dtype=bool)].mean())
    between = float(areas.var(ddof=1))
    error = sqrt(between / count + max(covariance, 0))
    if error == 0:
        without = Estimate(mean, None, None, None, "no interval: a variance of 0 proves nothing", n=len(truth))
        return MultiReader(without, observers, None, None, None)
    freedom = (between + count * max(covariance, 0)) ** 2 * (count - 1) / between**2 if between**2 > 0 else inf
    half = float(stats.t.ppf(0.5 + level / 2, freedom)) * error
    estimate = Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), level, METHOD, n=len(truth))
    return MultiReader(estimate, observers, between, covariance, freedom)


def _why_undefined(truth: NDArray[np.bool_], observers: int) -> str:
    if not observers:
        return "there is no observer"
    if not truth.any():
        return "there is no perturbed image that every observer rated"
    if truth.all():
        return "there is no clean image that every observer rated"
    return ""
