"""The mean grade of images that the same observers judge, and the difference of two such means, with intervals."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.degradation.grade_scale import HIGHEST, LOWEST, WIDTH
from perception.analysis.estimates.clustered_covariance import InferenceTarget
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import clopper_pearson, wilson
from perception.analysis.estimates.satterthwaite import satterthwaite_freedom

BY_IMAGE = "mean grade clustered by image, Wilson on the scale from 1 to 5, t"
BOTH_RANDOM = "mean grade, images and observers both random (two-way), Wilson on the scale from 1 to 5, t"
ALL_ALIKE = "Clopper–Pearson on images, on the scale from 1 to 5"
OF_ONE_IMAGE = "mean ± t · s/√observers (ITU-T P.910)"
DIFFERENCE_BY_IMAGE = "difference of mean grades clustered by image, t"
DIFFERENCE_BOTH_RANDOM = "difference of mean grades, images and observers both random (two-way), t"
NO_ERROR = "no interval: the standard error is 0, which proves nothing"
NO_GRADE = "there is no grade"

Grades = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GradeVariance:
    """The parts of the variance of a mean grade, or of a difference of two.

    Attributes
    ----------
    by_image
        Clustered by image: of each mean one part, with its number of images.
    by_observer, by_grade
        Clustered by observer, and of single grades.
    observers
        How many gave a grade.

    Notes
    -----
    With e_ij what a grade adds to the error of the mean, (x_ij − m)/N, and E_g its sum over cluster g of G, each part
    is G/(G − 1) Σ_g E_g² (Obuchowski 1998; Cameron, Gelbach & Miller 2011).
    """

    by_image: tuple[tuple[float, int], ...]
    by_observer: float
    by_grade: float
    observers: int

    @property
    def of_images(self) -> float:
        """The variance that other images would bring about."""
        return sum(part for part, _ in self.by_image)

    def variance(self, target: InferenceTarget) -> float:
        """Return the variance: v_image, or v_image + v_observer − v_grade, at least the larger of the first two.

        Parameters
        ----------
        target
            "these observers" or "observers random".
        """
        if target == "these observers":
            return self.of_images
        return max(self.of_images + self.by_observer - self.by_grade, self.of_images, self.by_observer)

    def freedom(self, target: InferenceTarget) -> float:
        """Return Satterthwaite's degrees of freedom v² / Σ v_part²/(G_part − 1); the variance is above 0.

        Parameters
        ----------
        target
            "these observers" or "observers random".
        """
        parts = [(part, count - 1) for part, count in self.by_image]
        if target == "observers random":
            parts.append((self.by_observer, self.observers - 1))
        return satterthwaite_freedom(self.variance(target), [(part, freedom) for part, freedom in parts if part > 0])


def mean_grade(grades: Grades, *, target: InferenceTarget = "these observers", level: float = 0.95) -> Estimate:
    """Estimate the mean grade: of degraded test images the DMOS of Recommendation ITU-T P.910.

    Parameters
    ----------
    grades
        float array of shape (J, I), observers × images: 1 (very annoying) to 5 (imperceptible), nan where not graded.
    target
        For whom the interval speaks: "these observers" and images like these, or "observers random": images and
        observers like these.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Within [1, 5]; `n` counts grades. Undefined without any. Without an interval (`method` says why) from one image,
        from fewer than three observers where these are random, and where the standard error is 0.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With the variance v and the degrees of freedom of `GradeVariance`, the interval is Wilson's on the scale: with
    p = (m − 1)/4 its limits for p at n_eff = p(1 − p)/(v/16), with the quantile of t, brought back to the scale. It
    stays within the scale and reaches further towards its middle, as grades near one end do. Where all grades are 1, or
    all 5, no variance is known: the limits are Clopper and Pearson's of a share on images, which hold for any grades,
    as the mean on the scale is at least the share of grades that are 5. An interval for observers like these is no
    narrower than that for these observers.

    References
    ----------
    - ITU-T (2023). Recommendation P.910: Subjective video quality assessment methods for multimedia applications.
    - Obuchowski, N. A. (1998). On the comparison of correlated proportions for clustered data. Statistics in Medicine
      17:1495–1507.
    - Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with multiway clustering. Journal of
      Business & Economic Statistics 29:238–249. doi:10.1198/jbes.2010.07136

    Examples
    --------
    Three observers graded four images:

    >>> import numpy as np
    >>> from perception.analysis.degradation.mean_grade import mean_grade
    >>> grades = np.array([[5.0, 4, 5, 3], [5, 5, 4, 4], [4, 5, 5, 2]])
    >>> found = mean_grade(grades)
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    4.25 (2.59 to 4.86)
    """
    require_level(level)
    given = ~np.isnan(grades)
    n, images, observers = int(given.sum()), int(given.any(axis=0).sum()), int(given.any(axis=1).sum())
    method = BY_IMAGE if target == "these observers" else BOTH_RANDOM
    if n == 0:
        return Estimate.undefined(NO_GRADE, method=method, level=level, n=0)
    mean = float(grades[given].mean())
    if reason := _too_few(images, observers, target):
        return Estimate(mean, None, None, None, reason, n=n)
    if mean in (LOWEST, HIGHEST):
        if target == "observers random":
            return Estimate(mean, None, None, None, "no interval where all grades are alike", n=n)
        low, high = clopper_pearson(images if mean == HIGHEST else 0, images, level)
        return Estimate(mean, LOWEST + WIDTH * low, LOWEST + WIDTH * high, level, ALL_ALIKE, n=n)
    parts = _variance(_errors(grades, given, mean), given)
    targets: list[InferenceTarget] = ["these observers"]
    if target == "observers random":
        targets.append(target)
    limits = [_limits(mean, parts, one, level) for one in targets if parts.variance(one) > 0]
    if not limits:
        return Estimate(mean, None, None, None, NO_ERROR, n=n)
    low, high = max(limits, key=lambda pair: pair[1] - pair[0])
    return Estimate(mean, low, high, level, method, n=n)


def difference_of_means(
    first: Grades, second: Grades, *, target: InferenceTarget = "these observers", level: float = 0.95
) -> Estimate:
    """Estimate by how much the mean grade of some images lies above that of others, by the same observers.

    Parameters
    ----------
    first, second
        float arrays of shapes (J, I₁) and (J, I₂): grades of different images, by observers in the same order; nan
        where not graded.
    target, level
        As for `mean_grade`.

    Returns
    -------
    Estimate
        Within [−4, 4]; `n` counts the grades of both. Undefined without any of either.

    Raises
    ------
    ValueError
        A level outside (0, 1); not the same number of observers.

    Notes
    -----
    The errors of the two means have opposite signs and are summed by observer, so that what an observer grades lower
    throughout cancels; images are clusters of either mean. m₁ − m₂ ± t √v, clipped to the scale.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.degradation.mean_grade import difference_of_means
    >>> test = np.array([[5.0, 4, 5, 3], [5, 5, 4, 4], [4, 5, 5, 2]])
    >>> hidden = np.array([[5.0, 5, 5], [5, 5, 4], [5, 5, 5]])
    >>> found = difference_of_means(test, hidden)
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    -0.64 (-1.92 to 0.64)
    """
    require_level(level)
    if len(first) != len(second):
        raise ValueError(f"{len(first)} observers graded some images and {len(second)} the others")
    given = [~np.isnan(one) for one in (first, second)]
    counts = [int(one.sum()) for one in given]
    method = DIFFERENCE_BY_IMAGE if target == "these observers" else DIFFERENCE_BOTH_RANDOM
    if not all(counts):
        return Estimate.undefined(NO_GRADE, method=method, level=level, n=sum(counts))
    means = [float(grades[there].mean()) for grades, there in zip((first, second), given, strict=True)]
    value = means[0] - means[1]
    images = min(int(one.any(axis=0).sum()) for one in given)
    observers = int((given[0].any(axis=1) | given[1].any(axis=1)).sum())
    if reason := _too_few(images, observers, target):
        return Estimate(value, None, None, None, reason, n=sum(counts))
    errors = _errors(first, given[0], means[0]), -_errors(second, given[1], means[1])
    parts = _variance(np.hstack(errors), np.hstack(given), split=first.shape[1])
    targets: list[InferenceTarget] = ["these observers"]
    if target == "observers random":
        targets.append(target)
    halves = [_half_width(parts, one, level) for one in targets if parts.variance(one) > 0]
    if not halves:
        return Estimate(value, None, None, None, NO_ERROR, n=sum(counts))
    half = max(halves)
    return Estimate(value, max(value - half, -WIDTH), min(value + half, WIDTH), level, method, n=sum(counts))


def image_mean(grades: NDArray[np.floating], *, level: float = 0.95) -> Estimate:
    """Estimate the mean grade of one image, over observers like these, as Recommendation ITU-T P.910 states it.

    Parameters
    ----------
    grades
        float array of shape (J,): one a person; nan where not graded.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Within [1, 5]; `n` counts grades. Without an interval from one grade, and where all are alike.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.degradation.mean_grade import image_mean
    >>> found = image_mean(np.array([5.0, 4, 4, 3]))
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    4.00 (2.70 to 5.00)
    """
    require_level(level)
    there = grades[~np.isnan(grades)]
    if len(there) == 0:
        return Estimate.undefined(NO_GRADE, method=OF_ONE_IMAGE, level=level, n=0)
    mean = float(there.mean())
    if len(there) == 1:
        return Estimate(mean, None, None, None, "no interval from a single grade", n=1)
    error = float(there.std(ddof=1)) / sqrt(len(there))
    if error == 0:
        return Estimate(mean, None, None, None, NO_ERROR, n=len(there))
    half = float(stats.t.ppf(0.5 + level / 2, len(there) - 1)) * error
    return Estimate(mean, max(LOWEST, mean - half), min(HIGHEST, mean + half), level, OF_ONE_IMAGE, n=len(there))


def _too_few(images: int, observers: int, target: InferenceTarget) -> str:
    if images < 2:
        return "no interval from a single image"
    if target == "observers random" and observers < FEWEST_OBSERVERS:
        return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
    return ""


def _errors(grades: Grades, given: NDArray[np.bool_], mean: float) -> Grades:
    """Return what each grade adds to the error of the mean; 0 where there is none."""
    return np.asarray(np.where(given, grades - mean, 0.0) / given.sum(), dtype=np.float64)


def _variance(errors: Grades, given: NDArray[np.bool_], *, split: int | None = None) -> GradeVariance:
    """Return the parts of the variance; of a difference, the images of the second mean begin at `split`."""
    images = np.asarray(given.any(axis=0), dtype=np.bool_)
    blocks = [slice(None)] if split is None else [slice(None, split), slice(split, None)]
    by_image = tuple(
        (_clustered(errors[:, block].sum(axis=0)[images[block]]), int(images[block].sum())) for block in blocks
    )
    who = given.any(axis=1)
    return GradeVariance(
        by_image,
        by_observer=_clustered(errors.sum(axis=1)[who]),
        by_grade=_clustered(errors[given]),
        observers=int(who.sum()),
    )


def _clustered(sums: Grades) -> float:
    clusters = len(sums)
    return float(clusters / (clusters - 1) * (sums**2).sum()) if clusters > 1 else 0.0


def _limits(mean: float, parts: GradeVariance, target: InferenceTarget, level: float) -> tuple[float, float]:
    p = (mean - LOWEST) / WIDTH
    effective = p * (1 - p) / (parts.variance(target) / WIDTH**2)
    critical = float(stats.t.ppf(0.5 + level / 2, parts.freedom(target)))
    low, high = wilson(p * effective, effective, level, critical=critical)
    return LOWEST + WIDTH * low, LOWEST + WIDTH * high


def _half_width(parts: GradeVariance, target: InferenceTarget, level: float) -> float:
    return float(stats.t.ppf(0.5 + level / 2, parts.freedom(target))) * sqrt(parts.variance(target))
