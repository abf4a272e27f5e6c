"""Observers who say how sure they are: the area under each one's ROC curve, and the mean."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.json_values import JsonObject
from perception.analysis.ratings.multireader import mean_area
from perception.analysis.ratings.observer_areas import NOBODY_RATED_BOTH, ObserverAreas
from perception.analysis.ratings.roc import auc
from perception.analysis.ratings.sparse_designs import mean_area_of_own_images

THESE_OBSERVERS = "mean of the observers' areas, DeLong 1988, clustered by image; these observers"
NO_NARROWER = "no narrower than for these observers"


@dataclass(frozen=True, slots=True)
class RatingSummary:
    """Areas under ROC curves.

    Attributes
    ----------
    observers
        Each observer's own, over all images that the observer rated (DeLong).
    pooled
        Their mean, for these observers and images like these.
    crossed
        Their mean, for observers and images like these: after Obuchowski & Rockette where all of them rated every
        image, after Gallas else. None with fewer than three observers.
    curve
        Of all ratings together, from the highest threshold down: (threshold, share of clean images rated at least so,
        share of perturbed ones). Points for a plot; the areas do not come from it.
    of_answers
        Whether nobody rated, and the answers are the scale: 1 "clean", 2 a middle answer, 3 "perturbed".
    """

    observers: dict[str, Estimate]
    pooled: Estimate
    crossed: Estimate | None
    curve: tuple[tuple[float, float, float], ...]
    of_answers: bool = False

    def as_dict(self) -> JsonObject:
        """Return the areas as JSON; `of_answers` is there where it is true."""
        return {
            **({"of_answers": True} if self.of_answers else {}),
            "observers": {name: area.as_dict() for name, area in self.observers.items()},
            "pooled": self.pooled.as_dict(),
            "pooled_observers_random": self.crossed.as_dict() if self.crossed else None,
            "curve": [
                {"rated_at_least": threshold, "false_alarms": false_alarms, "hits": hits}
                for threshold, false_alarms, hits in self.curve
            ],
        }


def summarise_ratings(
    truth: NDArray[np.bool_], ratings: NDArray[np.floating], observers: tuple[str, ...], *, level: float = 0.95
) -> RatingSummary:
    """Estimate the areas under the observers' ROC curves.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), observers × images: higher means more surely perturbed; nan where missing.
    observers
        J names.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    RatingSummary
        Undefined, and without an interval, as for `auc`, `mean_area_of_these` and `mean_area_of_others`.

    Raises
    ------
    ValueError
        The arrays and the names do not fit together; a level outside (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.ratings.summary import summarise_ratings
    >>> truth = np.array([True, True, True, False, False, False])
    >>> ratings = np.array([[6.0, 4.0, 2.0, 1.0, 2.0, 3.0], [5.0, 6.0, 3.0, 3.0, 4.0, 1.0]])
    >>> found = summarise_ratings(truth, ratings, ("A", "B"))
    >>> {name: round(area.estimate, 3) for name, area in found.observers.items()}
    {'A': 0.833, 'B': 0.833}
    >>> print(f"{found.pooled.estimate:.3f}", found.crossed)
    0.833 None
    >>> found.curve[0]
    (6.0, 0.0, 0.3333333333333333)
    """
    require_level(level)
    return RatingSummary(
        observers={name: auc(truth, row, level=level) for name, row in zip(observers, ratings, strict=True)},
        pooled=mean_area_of_these(truth, ratings, level=level),
        crossed=mean_area_of_others(truth, ratings, level=level) if len(observers) >= FEWEST_OBSERVERS else None,
        curve=_curve(truth, ratings),
    )


def mean_area_of_these(truth: NDArray[np.bool_], ratings: NDArray[np.floating], *, level: float = 0.95) -> Estimate:
    """Estimate the mean area under the ROC curves of these observers, for images like these.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), observers × images: higher means more surely perturbed; nan where missing.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Within [0, 1]; `n` counts the images that somebody rated. An observer who rated no image of one of the truths
        has no area and is left out; undefined where all are. Without an interval (`low` and `high` None, `method` says
        why) from fewer than two images of either truth, and where the variance is 0.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Each observer's area A_j is a mean of placements (DeLong, DeLong & Clarke-Pearson 1988), so that the mean area's
    error is a sum over images: an image with the placements V_j adds e = Σ_j (V_j − A_j)/n_j /J, with n_j the images of
    its truth that observer j rated. With G images of either truth:

        v = Σ over both truths of G/(G − 1) Σ e²

    Where every observer rated every image this is DeLong's variance of the mean of correlated areas. The interval is
    the mean ± z √v, clipped to [0, 1].

    References
    ----------
    - DeLong, E. R., DeLong, D. M., & Clarke-Pearson, D. L. (1988). Comparing the areas under two or more correlated
      receiver operating characteristic curves: a nonparametric approach. Biometrics 44:837–845. doi:10.2307/2531595

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.ratings.summary import mean_area_of_these
    >>> truth = np.array([True, True, True, False, False, False])
    >>> ratings = np.array([[6.0, 4.0, 2.0, 1.0, 2.0, 3.0], [5.0, np.nan, 3.0, 3.0, 4.0, 1.0]])
    >>> found = mean_area_of_these(truth, ratings)
    >>> print(f"{found.estimate:.3f} ({found.low:.3f} to {found.high:.3f})")
    0.792 (0.408 to 1.000)
    """
    require_level(level)
    n = int((~np.isnan(ratings)).any(axis=0).sum())
    found = ObserverAreas.of(truth, ratings)
    if not len(found.areas):
        return Estimate.undefined(_why_undefined(truth, ratings), method=THESE_OBSERVERS, level=level, n=n)
    mean = float(found.areas.mean())
    if min(found.images) < 2:
        return Estimate(mean, None, None, None, "no interval from a single image", n=n)
    variance = sum(found.variances_by_image())
    if variance == 0:
        return Estimate(mean, None, None, None, "no interval: a variance of 0 proves nothing", n=n)
    half = float(special.ndtri(0.5 + level / 2)) * sqrt(variance)
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), level, THESE_OBSERVERS, n=n)


def mean_area_of_others(truth: NDArray[np.bool_], ratings: NDArray[np.floating], *, level: float = 0.95) -> Estimate:
    """Estimate the mean area under the observers' ROC curves, for observers and images like these.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), observers × images: higher means more surely perturbed; nan where missing, or not
        asked.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Of `mean_area` where every observer rated every image, of `mean_area_of_own_images` else; but nowhere narrower
        than the interval of `mean_area_of_these`.

    Raises
    ------
    ValueError
        The arrays do not fit together; a level outside (0, 1).

    Examples
    --------
    The third observer was not asked about the last image:

    >>> import numpy as np
    >>> from perception.analysis.ratings.summary import mean_area_of_others
    >>> truth = np.array([True, True, True, False, False, False])
    >>> ratings = np.array([[6.0, 4, 2, 1, 2, 3], [5.0, 6, 3, 3, 4, 1], [4.0, 5, 2, 3, 1, np.nan]])
    >>> found = mean_area_of_others(truth, ratings)
    >>> print(f"{found.estimate:.3f}, {found.method.split(';')[0]}")
    0.833, one-shot U-statistic of Gallas 2006, Satterthwaite's degrees of freedom
    """
    if np.isnan(ratings).any():
        others = mean_area_of_own_images(truth, ratings, level=level)
    else:
        others = mean_area(truth, ratings, level=level).mean
    these = mean_area_of_these(truth, ratings, level=level)
    return _no_narrower(others, these)


def _no_narrower(others: Estimate, these: Estimate) -> Estimate:
    """Return the estimate for other observers with limits that are no nearer than those for these observers.

    What is not known of these observers is not known of others: a variance between observers that comes out low by
    chance must not say so.
    """
    if others.low is None or others.high is None or these.low is None or these.high is None:
        return others
    low, high = min(others.low, these.low), max(others.high, these.high)
    if (low, high) == (others.low, others.high):
        return others
    return replace(others, low=low, high=high, method=f"{others.method}; {NO_NARROWER}")


def _why_undefined(truth: NDArray[np.bool_], ratings: NDArray[np.floating]) -> str:
    if not len(ratings):
        return "there is no observer"
    rated = ~np.isnan(ratings)
    for kind, which in ((True, "perturbed"), (False, "clean")):
        if not rated[:, truth == kind].any():
            return f"the observers rated no {which} image"
    return NOBODY_RATED_BOTH


def _curve(truth: NDArray[np.bool_], ratings: NDArray[np.floating]) -> tuple[tuple[float, float, float], ...]:
    perturbed, clean = (ratings[:, truth == kind] for kind in (True, False))
    perturbed, clean = perturbed[~np.isnan(perturbed)], clean[~np.isnan(clean)]
    if not (len(perturbed) and len(clean)):
        return ()
    thresholds = np.unique(np.concatenate([perturbed, clean]))[::-1]
    return tuple(
        (float(threshold), float((clean >= threshold).mean()), float((perturbed >= threshold).mean()))
        for threshold in thresholds
    )
