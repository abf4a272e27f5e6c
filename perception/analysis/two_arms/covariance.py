"""The covariances of the errors of figures of merit: observers in arms, whichever images they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from perception.analysis.two_arms.merit import Floats, Merit


class CovarianceMethod(Enum):
    """How covariances are estimated."""

    DELONG = "DeLong"
    JACKKNIFE = "jackknife"


@dataclass(frozen=True, slots=True)
class VarianceAndCovariance:
    """What some figures of merit vary by, and what pairs of them have in common.

    Attributes
    ----------
    variance
        The mean of their error variances.
    covariance
        The mean error covariance of two of them.
    """

    variance: float
    covariance: float


@dataclass(frozen=True, slots=True)
class ErrorCovariances:
    """The error variance and covariances of Obuchowski and Rockette's model, averaged over two arms and J observers.

    Attributes
    ----------
    variance
        Var(ε): of one observer in one arm.
    same_observer
        Cov₁: of one observer in both arms.
    same_arm
        Cov₂: of two observers in one arm; 0 with a single observer.
    neither
        Cov₃: of two observers in two arms; 0 with a single observer.
    by_arm
        Of each arm alone, the variance and Cov₂.
    by_observer
        Of each observer alone, the variance and Cov₁.
    """

    variance: float
    same_observer: float
    same_arm: float
    neither: float
    by_arm: tuple[VarianceAndCovariance, VarianceAndCovariance]
    by_observer: tuple[VarianceAndCovariance, ...]


def error_covariances(
    merits: tuple[Sequence[Merit], Sequence[Merit]], *, method: CovarianceMethod = CovarianceMethod.DELONG
) -> ErrorCovariances:
    """Estimate the error variance and covariances of figures of merit in two arms.

    Parameters
    ----------
    merits
        Of each arm, those of the same J observers; each of at least two images of each truth that is in it. Images of
        one number are one image, in whichever arm.
    method
        DeLong's, or the jackknife over images.

    Returns
    -------
    ErrorCovariances
        With DeLong's method and all images judged by all in both arms, DeLong, DeLong & Clarke-Pearson's for areas and
        the sample covariances for shares.

    Raises
    ------
    ValueError
        The arms have different numbers of observers, or none; a figure of a single image of a truth.

    Notes
    -----
    With d the deviations of the n images of one truth in one figure of merit, each image adds to its error

        d / √(n(n − 1))   (DeLong)        d/(n − 1) · √((N − 1)/N)   (jackknife)

    and the covariance of two figures is the sum, over the images in both, of the products. N counts the images in any
    figure: the jackknife leaves out one of them everywhere, and its values are exact, as the figures are means. Images
    that only one figure has add nothing to a covariance, so that designs with other images in each arm, or for each
    observer, are covered: Cov₁ and Cov₃, or Cov₂ and Cov₃, are then 0.

    References
    ----------
    - DeLong, E. R., DeLong, D. M., & Clarke-Pearson, D. L. (1988). Comparing the areas under two or more correlated
      receiver operating characteristic curves: a nonparametric approach. Biometrics 44:837–845. doi:10.2307/2531595
    - Hillis, S. L., Obuchowski, N. A., Schartz, K. M., & Berbaum, K. S. (2005). A comparison of the
      Dorfman–Berbaum–Metz and Obuchowski–Rockette methods for receiver operating characteristic (ROC) data. Statistics
      in Medicine 24:1579–1607. doi:10.1002/sim.2024

    Examples
    --------
    One observer was right of three of four images in one arm, of two of the same in the other:

    >>> import numpy as np
    >>> from perception.analysis.two_arms.covariance import error_covariances
    >>> from perception.analysis.two_arms.merit import share_right
    >>> one, other = (share_right(np.array(right, dtype=bool), np.arange(4)) for right in ([1, 1, 1, 0], [1, 1, 0, 0]))
    >>> found = error_covariances(([one], [other]))
    >>> round(found.variance, 4), round(found.same_observer, 4)
    (0.0729, 0.0417)
    """
    count = len(merits[0])
    if not count or len(merits[1]) != count:
        raise ValueError(f"the arms have {count} and {len(merits[1])} observers; the same ones judge both")
    cells = [merit for of_arm in merits for merit in of_arm]
    return _averaged(covariance_matrix(cells, method=method).reshape(2, count, 2, count))


def covariance_matrix(merits: Sequence[Merit], *, method: CovarianceMethod = CovarianceMethod.DELONG) -> Floats:
    """Return the error covariances of figures of merit, as `error_covariances` estimates them.

    Parameters
    ----------
    merits
        K figures, each of at least two images of each truth that is in it. Images of one number are one image.
    method
        DeLong's, or the jackknife over images.

    Returns
    -------
    float array of shape (K, K)
        0 where two figures have no image in common.

    Raises
    ------
    ValueError
        A figure of a single image of a truth.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.two_arms.covariance import covariance_matrix
    >>> from perception.analysis.two_arms.merit import share_right
    >>> one, other = (share_right(np.array(right, dtype=bool), np.arange(4)) for right in ([1, 1, 1, 0], [1, 1, 0, 0]))
    >>> covariance_matrix([one, other]).round(4).tolist()
    [[0.0625, 0.0417], [0.0417, 0.0833]]
    """
    cells = list(merits)
    if min(merit.fewest for merit in cells) < 2:
        raise ValueError("a figure of a single image has no variance")
    known, where = np.unique(
        np.concatenate([part.images for cell in cells for part in cell.parts]), return_inverse=True
    )
    errors, start = np.zeros((len(cells), len(known))), 0
    for row, cell in enumerate(cells):
        for part in cell.parts:
            n = len(part.images)
            scale = n * (n - 1) if method is CovarianceMethod.DELONG else (n - 1) ** 2 * len(known) / (len(known) - 1)
            errors[row, where[start : start + n]] += part.deviations / np.sqrt(scale)
            start += n
    found: Floats = errors @ errors.T
    return found


def _averaged(covariances: Floats) -> ErrorCovariances:
    """Return the means of covariances of shape (2, J, 2, J)."""
    first, second, between = covariances[0, :, 0], covariances[1, :, 1], covariances[0, :, 1]
    by_arm = (
        VarianceAndCovariance(float(first.diagonal().mean()), _off_diagonal(first)),
        VarianceAndCovariance(float(second.diagonal().mean()), _off_diagonal(second)),
    )
    of_observers = zip((first.diagonal() + second.diagonal()) / 2, between.diagonal(), strict=True)
    return ErrorCovariances(
        variance=(by_arm[0].variance + by_arm[1].variance) / 2,
        same_observer=float(between.diagonal().mean()),
        same_arm=(by_arm[0].covariance + by_arm[1].covariance) / 2,
        neither=_off_diagonal(between),
        by_arm=by_arm,
        by_observer=tuple(VarianceAndCovariance(float(v), float(c)) for v, c in of_observers),
    )


def _off_diagonal(matrix: Floats) -> float:
    """Return the mean of what is not on the diagonal; 0 where nothing else is."""
    count = len(matrix)
    return float((matrix.sum() - matrix.trace()) / (count * (count - 1))) if count > 1 else 0.0
