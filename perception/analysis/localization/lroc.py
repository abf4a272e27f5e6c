"""The LROC curve: how often a perturbed image is both rated high and marked at the right place.

Starr, Metz, Lusted & Goodenough (1975), Radiology 116:533–538; the area without a model: Popescu (2007), Medical
Physics 34:1556–1564, and Wunderlich & Noo (2012), IEEE Transactions on Medical Imaging 31:2050–2061.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.ratings.summary import RatingSummary, summarise_ratings

METHOD = "area under the LROC curve"
"""What the methods of these areas begin with."""

Curve = tuple[tuple[float, float, float], ...]


def rated_where_right(
    truth: NDArray[np.bool_], ratings: NDArray[np.floating], placed: NDArray[np.int8]
) -> NDArray[np.float64]:
    """Return ratings in which a perturbed image that was marked at a wrong place stands below every other.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), observers × images: higher means more surely perturbed; nan where missing.
    placed
        int8 array of shape (J, I): 1 where the mark lies in the region of the change, 0 where not, −1 where there is no
        mark. Of clean images it is immaterial.

    Returns
    -------
    ndarray
        float array of shape (J, I): the ratings; 1 less than the lowest of all where the place is wrong; nan where a
        rating, or a perturbed image's mark, is missing.

    Raises
    ------
    ValueError
        The arrays do not fit together.

    Notes
    -----
    The area under the LROC curve is the probability that a perturbed image is marked at the right place and rated
    higher than a clean one, ties as half, and its estimate the mean over all pairs of images of that (Popescu 2007,
    Medical Physics 34:1556–1564). With wrong places below all ratings a pair counts 0 where the place is wrong, and as
    for the ROC curve else: the area under the ROC curve of these ratings is that under the LROC curve, and whatever
    holds of the variance of the first holds of the second (Wunderlich & Noo 2012, IEEE Transactions on Medical Imaging
    31:2050–2061).

    Examples
    --------
    The second perturbed image was marked at a wrong place:

    >>> import numpy as np
    >>> from perception.analysis.localization.lroc import rated_where_right
    >>> truth = np.array([True, True, False])
    >>> rated_where_right(truth, np.array([[6.0, 5.0, 2.0]]), np.array([[1, 0, 0]], dtype=np.int8)).tolist()
    [[6.0, 1.0, 2.0]]
    """
    if ratings.shape != placed.shape or truth.shape != ratings.shape[1:]:
        raise ValueError(f"truth has the shape {truth.shape}, ratings {ratings.shape}, places {placed.shape}")
    found = ratings.astype(np.float64)
    rated = ~np.isnan(found)
    lowest = found[rated].min() - 1 if rated.any() else 0.0
    found[rated & truth & (placed == 0)] = lowest
    found[np.broadcast_to(truth, found.shape) & (placed == MISSING)] = np.nan
    return found


def summarise_lroc(
    truth: NDArray[np.bool_],
    ratings: NDArray[np.floating],
    placed: NDArray[np.int8],
    observers: tuple[str, ...],
    *,
    level: float = 0.95,
) -> RatingSummary:
    """Estimate the areas under the observers' LROC curves.

    Parameters
    ----------
    truth, ratings, placed
        As for `rated_where_right`.
    observers
        J names.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    RatingSummary
        The areas, each within [0, 1], and the curve: (threshold, share of clean images rated at least so, share of
        perturbed ones rated at least so and marked at the right place). Unlike an ROC curve it need not end at 1.
        Undefined, and without an interval, as for `perception.analysis.ratings.summary.summarise_ratings`.

    Raises
    ------
    ValueError
        The arrays and the names do not fit together; a level outside (0, 1).

    References
    ----------
    - Starr, S. J., Metz, C. E., Lusted, L. B., & Goodenough, D. J. (1975). Visual detection and localization of
      radiographic images. Radiology 116:533–538. doi:10.1148/116.3.533
    - Popescu, L. M. (2007). Nonparametric ROC and LROC analysis. Medical Physics 34:1556–1564. doi:10.1118/1.2717407
    - Wunderlich, A., & Noo, F. (2012). A nonparametric procedure for comparing the areas under correlated LROC curves.
      IEEE Transactions on Medical Imaging 31:2050–2061.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.localization.lroc import summarise_lroc
    >>> truth = np.array([True, True, True, False, False, False])
    >>> ratings = np.array([[6.0, 4.0, 2.0, 1.0, 2.0, 3.0], [5.0, 6.0, 3.0, 3.0, 4.0, 1.0]])
    >>> placed = np.array([[1, 0, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0]], dtype=np.int8)
    >>> found = summarise_lroc(truth, ratings, placed, ("A", "B"))
    >>> {name: round(area.estimate, 3) for name, area in found.observers.items()}
    {'A': 0.5, 'B': 0.667}
    >>> found.curve[-1]
    (1.0, 1.0, 0.6666666666666666)
    """
    located = rated_where_right(truth, ratings, placed)
    found = summarise_ratings(truth, located, observers, level=level)
    known = located[~np.isnan(located)]
    lowest = ratings[~np.isnan(ratings)].min() if len(known) else 0.0
    return replace(
        found,
        observers={name: _named(area) for name, area in found.observers.items()},
        pooled=_named(found.pooled),
        crossed=None if found.crossed is None else _named(found.crossed),
        curve=tuple(point for point in found.curve if point[0] >= lowest),
    )


def _named(area: Estimate) -> Estimate:
    """Return the area with a method that tells it from that under an ROC curve."""
    if area.estimate is not None and area.low is None:
        return area  # its method says why there is no interval
    return replace(area, method=f"{METHOD}: {area.method}")
