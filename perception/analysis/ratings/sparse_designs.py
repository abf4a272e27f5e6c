"""The mean area under the observers' ROC curves where each observer rated images of their own.

Gallas (2006), One-shot estimate of MRMC variance: AUC, Academic Radiology 13:353–362; for any design Gallas & Brown
(2008), Reader studies for validation of CAD systems, Neural Networks 21:387–397.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.ratings.observer_areas import NOBODY_RATED_BOTH, ObserverAreas

METHOD = "one-shot U-statistic of Gallas 2006, Satterthwaite's degrees of freedom; observers and images random"
BLOCK_CELLS = 4_000_000
"""Of the table of perturbed × clean images so much is held at once."""
NEGLIGIBLE = 1e-9
"""Of the weights of all products of two terms, which add up to 1."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _PairSums:
    """Sums of squares of a kernel over (observer, perturbed image, clean image), by what is summed before squaring.

    Each is the sum of all products of two terms that agree in the factors named: `observer` of those of one observer,
    `none` of any two.
    """

    none: float
    observer: float
    perturbed: float
    clean: float
    observer_perturbed: float
    observer_clean: float
    both_images: float
    all_three: float

    @property
    def apart(self) -> float:
        """The sum of all products of two terms that share neither observer nor image: inclusion and exclusion."""
        one = self.observer + self.perturbed + self.clean
        two = self.observer_perturbed + self.observer_clean + self.both_images
        return self.none - one + two - self.all_three


def one_shot_variance(truth: NDArray[np.bool_], ratings: NDArray[np.floating]) -> float:
    """Return the variance of the mean area under the observers' ROC curves, observers and images random.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), observers × images: higher means more surely perturbed; nan where not rated. Each
        observer rated an image of either truth at least.

    Returns
    -------
    float
        Without bias, and so below 0 at times; nan where no two observers rated different images of either truth.

    Notes
    -----
    The mean area is a sum over observers r, perturbed images i and clean images j of w_r s_rij, with s_rij 1 where
    observer r rated i above j, ½ where alike, and w_r = 1/(J m_r n_r) for the m_r and n_r images that the observer
    rated. The square of the mean is the sum of all products of two such terms; those that share neither observer nor
    image are products of independent terms. With their weighted mean, M₈ = Σ w w′ s s′/Σ w w′, without bias for the
    square of the expected area (Gallas 2006; for designs of any kind Gallas & Brown 2008):

        v = area² − M₈

    The sum over products that share nothing is that over all, less that over those which share an observer, or an
    image, and so on. It takes as long as comparing each observer's perturbed with their clean images.

    References
    ----------
    - Gallas, B. D. (2006). One-shot estimate of MRMC variance: AUC. Academic Radiology 13:353–362.
      doi:10.1016/j.acra.2005.11.030
    - Gallas, B. D., & Brown, D. G. (2008). Reader studies for validation of CAD systems. Neural Networks 21:387–397.
      doi:10.1016/j.neunet.2007.12.013

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.ratings.sparse_designs import one_shot_variance
    >>> truth = np.array([True] * 4 + [False] * 4)
    >>> nan = np.nan
    >>> ratings = np.array(
    ...     [
    ...         [6, 5, nan, nan, 1, 5, nan, nan],
    ...         [nan, 4, 5, nan, nan, 2, 3, nan],
    ...         [nan, nan, 5, 3, nan, nan, 4, 2],
    ...     ]
    ... )
    >>> print(f"{one_shot_variance(truth, ratings):.4f}")
    0.0009
    """
    perturbed, clean = ratings[:, truth].astype(np.float64), ratings[:, ~truth].astype(np.float64)
    counted, weight_apart = _pair_sums(perturbed, clean), _weight_apart(~np.isnan(perturbed), ~np.isnan(clean))
    # The weights of all products add up to 1: what rounding leaves of none at all is no weight.
    return counted.none - counted.apart / weight_apart if weight_apart > NEGLIGIBLE else float("nan")


def mean_area_of_own_images(
    truth: NDArray[np.bool_], ratings: NDArray[np.floating], *, level: float = 0.95
) -> Estimate:
    """Estimate the mean area under the observers' ROC curves, for observers and images like these, in any design.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), observers × images: higher means more surely perturbed; nan where not rated, as
        where each observer was asked about images of their own. Observers who rated no image of one of the truths have
        no area, and are left out.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Within [0, 1]; `n` counts the images that somebody rated. Undefined where nobody rated images of both truths.
        Without an interval (`low` and `high` None, `method` says why) from fewer than three such observers, from fewer
        than two images of either truth, and where the variance is 0.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With v of `one_shot_variance` (Gallas 2006), v_p and v_c the parts of perturbed and of clean images (DeLong's,
    clustered by image), v_o the variance of the areas over J, m and n images of either truth:

        v, at least v_o;  df = v² / (v_p²/(m − 1) + v_c²/(n − 1) + v_o²/(J − 1))

    with the degrees of freedom after Satterthwaite (1946). The interval is the mean ± t √v, clipped to [0, 1].

    References
    ----------
    - Gallas, B. D. (2006). One-shot estimate of MRMC variance: AUC. Academic Radiology 13:353–362.
      doi:10.1016/j.acra.2005.11.030
    - Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components. Biometrics Bulletin
      2:110–114. doi:10.2307/3002019

    Examples
    --------
    Six observers, each of whom rated ten perturbed and ten clean images of twice thirty:

    >>> import numpy as np
    >>> from perception.analysis.ratings.sparse_designs import mean_area_of_own_images
    >>> generator = np.random.default_rng(1)
    >>> truth = np.arange(60) < 30
    >>> ratings = np.round(truth + generator.normal(size=(6, 60)))
    >>> for row in ratings:
    ...     row[generator.permutation(30)[10:]] = np.nan
    ...     row[30 + generator.permutation(30)[10:]] = np.nan
    >>> found = mean_area_of_own_images(truth, ratings)
    >>> print(f"{found.estimate:.3f} ({found.low:.3f} to {found.high:.3f}), {found.n} images")
    0.768 (0.690 to 0.845), 55 images
    """
    require_level(level)
    found = ObserverAreas.of(truth, ratings)
    n = int((~np.isnan(ratings)).any(axis=0).sum())
    if not len(found.areas):
        return Estimate.undefined(NOBODY_RATED_BOTH, method=METHOD, level=level, n=n)
    mean = float(found.areas.mean())
    if len(found.areas) < FEWEST_OBSERVERS:
        reason = f"no interval from fewer than {FEWEST_OBSERVERS} observers"
        return Estimate(mean, None, None, None, reason, n=n)
    if min(found.images) < 2:
        return Estimate(mean, None, None, None, "no interval from a single image", n=n)
    by_observer = found.variance_by_observer()
    variance = max(one_shot_variance(truth, found.ratings), by_observer)
    parts = zip((*found.variances_by_image(), by_observer), (*found.images, len(found.areas)), strict=True)
    spread = sum(part**2 / (count - 1) for part, count in parts)
    if not (variance > 0 and spread > 0):
        return Estimate(mean, None, None, None, "no interval: a variance of 0 proves nothing", n=n)
    freedom = variance**2 / spread
    half = float(stats.t.ppf(0.5 + level / 2, freedom)) * sqrt(variance)
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), level, METHOD, n=n)


def _weight_apart(has_perturbed: NDArray[np.bool_], has_clean: NDArray[np.bool_]) -> float:
    """Return the sum of w w′ over all products of two terms that share neither observer nor image.

    Two observers who rated m and m′ perturbed images, c of them both, make m m′ − c pairs of different ones.
    """
    apart = np.ones((len(has_perturbed), len(has_perturbed)))
    for has in (has_perturbed.astype(np.float64), has_clean.astype(np.float64)):
        counts = has.sum(axis=1)
        apart *= 1 - (has @ has.T) / np.outer(counts, counts)
    np.fill_diagonal(apart, 0.0)
    return float(apart.sum()) / len(apart) ** 2


def _pair_sums(perturbed: Reals, clean: Reals) -> _PairSums:
    """Return the sums of w s, of the ratings (J, m) and (J, n), nan where not rated.

    The table of perturbed × clean images, in which the observers' comparisons are added up, is made in blocks.
    """
    has_perturbed, has_clean = ~np.isnan(perturbed), ~np.isnan(clean)
    weight = 1 / (len(perturbed) * has_perturbed.sum(axis=1) * has_clean.sum(axis=1))
    of_perturbed, of_clean = np.zeros(perturbed.shape), np.zeros(clean.shape)
    both_images, all_three = 0.0, 0.0
    size = max(1, BLOCK_CELLS // clean.shape[1])
    for first in range(0, perturbed.shape[1], size):
        block = slice(first, first + size)
        together = np.zeros((perturbed[:, block].shape[1], clean.shape[1]))
        for observer in range(len(perturbed)):
            mine, other = np.flatnonzero(has_perturbed[observer, block]), np.flatnonzero(has_clean[observer])
            kernel = weight[observer] * _higher(perturbed[observer, first + mine], clean[observer, other])
            of_perturbed[observer, first + mine] = kernel.sum(axis=1)
            of_clean[observer, other] += kernel.sum(axis=0)
            together[np.ix_(mine, other)] += kernel
            all_three += float((kernel**2).sum())
        both_images += float((together**2).sum())
    return _PairSums(
        none=float(of_perturbed.sum()) ** 2,
        observer=float((of_perturbed.sum(axis=1) ** 2).sum()),
        perturbed=float((of_perturbed.sum(axis=0) ** 2).sum()),
        clean=float((of_clean.sum(axis=0) ** 2).sum()),
        observer_perturbed=float((of_perturbed**2).sum()),
        observer_clean=float((of_clean**2).sum()),
        both_images=both_images,
        all_three=all_three,
    )


def _higher(perturbed: Reals, clean: Reals) -> Reals:
    """Return 1 where the perturbed image was rated higher than the clean one, ½ where alike, shape (m, n)."""
    one, other = perturbed[:, None], clean[None, :]
    higher: Reals = (one > other) + 0.5 * (one == other)
    return higher
