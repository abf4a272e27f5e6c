"""Accuracy before and after an attack, where several images show one lesion: its images are not independent."""

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.accuracy_by_lesion import AccuracyByLesion
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.estimate import Estimate, require_level

BY_LESION = "clustered by lesion (Obuchowski 1998), Wilson at the effective n, t"
DIFFERENCE = "clustered by lesion (Obuchowski 1998), t"


def accuracy_by_lesion(
    before: NDArray[np.bool_], after: NDArray[np.bool_], lesions: Sequence[str], *, level: float = 0.95
) -> AccuracyByLesion | None:
    """Compare accuracies before and after an attack, with the images of one lesion as a cluster.

    Parameters
    ----------
    before, after
        bool arrays of shape (N,): whether each image is classified rightly.
    lesions
        N names; an image whose lesion is not known ("") is a cluster of its own.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    AccuracyByLesion or None
        None where no lesion has two images: McNemar's test and the intervals of single images then say it.

    Raises
    ------
    ValueError
        Columns of different lengths; a level outside (0, 1).

    Notes
    -----
    With d_i the difference of image i (1, 0 or −1), D their mean over N images, and G lesions:

        v = G/(G − 1) Σ_g (Σ_{i in g} (d_i − D))² / N²

    the interval is D ± t √v with G − 1 degrees of freedom, clipped to [−1, 1], and p is that of D/√v (Obuchowski 1998,
    the ratio estimator). With one image a lesion D²/v is McNemar's χ² but for G/(G − 1) and the mean's own part.

    References
    ----------
    - Obuchowski, N. A. (1998). On the comparison of correlated proportions for clustered data. Statistics in Medicine
      17:1495–1507.

    Examples
    --------
    Ten images of five lesions; both images of two lesions are read wrongly after the attack:

    >>> import numpy as np
    >>> from perception.analysis.estimates.by_lesion import accuracy_by_lesion
    >>> before = np.array([1, 1, 1, 1, 1, 1, 1, 1, 0, 1], dtype=bool)
    >>> after = np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 1], dtype=bool)
    >>> found = accuracy_by_lesion(before, after, list("aabbccddee"))
    >>> print(f"{found.difference.estimate:.1f} ({found.difference.low:.2f} to {found.difference.high:.2f})")
    -0.4 (-1.00 to 0.28)
    >>> accuracy_by_lesion(before, after, list("abcdefghij")) is None
    True
    """
    require_level(level)
    if not len(before) == len(after) == len(lesions):
        raise ValueError("the columns differ in length")
    cluster = _clusters(lesions)
    sizes = np.bincount(cluster)
    if not len(sizes) or sizes.max() < 2:
        return None
    return AccuracyByLesion(
        len(sizes),
        _share(before, cluster, level),
        _share(after, cluster, level),
        *_difference(after.astype(np.float64) - before, cluster, level),
    )


def _clusters(lesions: Sequence[str]) -> NDArray[np.intp]:
    """Return each image's cluster, from 0 on."""
    names = [lesion or f"\0{number}" for number, lesion in enumerate(lesions)]
    _, cluster = np.unique(names, return_inverse=True)
    return cluster.astype(np.intp)


def _share(right: NDArray[np.bool_], cluster: NDArray[np.intp], level: float) -> Estimate:
    """Return the share of the right, each lesion's images below one another in a column of its own."""
    order = np.argsort(cluster, kind="stable")
    sizes = np.bincount(cluster)
    row = np.arange(len(cluster)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    correct, given = (np.zeros((sizes.max(), len(sizes)), dtype=bool) for _ in range(2))
    correct[row, cluster[order]], given[row, cluster[order]] = right[order], True
    found = clustered_proportion(correct, given, level=level)
    return found if found.low is None else replace(found, method=BY_LESION)


def _difference(
    of_image: NDArray[np.float64], cluster: NDArray[np.intp], level: float
) -> tuple[Estimate, float | None]:
    n, lesions = len(of_image), int(cluster.max()) + 1
    mean = float(of_image.mean())
    if lesions < 2:
        return Estimate(mean, None, None, None, "no interval from a single lesion", n=n), None
    sums = np.bincount(cluster, weights=of_image - mean)
    error = sqrt(lesions / (lesions - 1) * float((sums**2).sum())) / n
    if error == 0:
        return Estimate(mean, None, None, None, "no interval: the standard error is 0, which proves nothing", n=n), None
    half = float(stats.t.ppf(0.5 + level / 2, lesions - 1)) * error
    estimate = Estimate(mean, max(-1.0, mean - half), min(1.0, mean + half), level, DIFFERENCE, n=n)
    return estimate, float(2 * stats.t.sf(abs(mean) / error, lesions - 1))
