"""Figures of merit of one observer in one arm, with what each image adds to their error.

Each is a mean, or a sum of means, over images of one truth: a share of right answers, or the mean placement that is the
area under the ROC curve (DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837). So the error of each is a sum over
images, from which the covariance of any two follows, whichever images both have in common.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.observations import Codes
from perception.analysis.ratings.roc import placements

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ImagesOfOneTruth:
    """What images of one truth add to a figure of merit.

    Attributes
    ----------
    images
        int array of shape (n,): which images, none of them twice.
    deviations
        float array of shape (n,): how far each one's contribution lies from the mean of all; their sum is 0. Their mean
        enters the figure of merit.
    """

    images: Codes
    deviations: Floats


@dataclass(frozen=True, slots=True)
class Merit:
    """A figure of merit of one observer in one arm.

    Attributes
    ----------
    value
        Between 0 and 1.
    parts
        By truth of the images; one part where the figure is of one truth, or knows none.
    """

    value: float
    parts: tuple[ImagesOfOneTruth, ...]

    @property
    def fewest(self) -> int:
        """The smallest number of images of a truth."""
        return min(len(part.images) for part in self.parts)


def share_right(right: NDArray[np.bool_], images: Codes) -> Merit | None:
    """Return a share of right answers, such as a sensitivity.

    Parameters
    ----------
    right
        bool array of shape (n,): whether the answer was right.
    images
        int array of shape (n,): to which image.

    Returns
    -------
    Merit or None
        None without an answer.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.two_arms.merit import share_right
    >>> share_right(np.array([True, True, False, True]), np.arange(4)).value
    0.75
    """
    if not len(right):
        return None
    value = float(right.mean())
    return Merit(value, (ImagesOfOneTruth(images, right.astype(np.float64) - value),))


def mean_of(one: Merit | None, other: Merit | None) -> Merit | None:
    """Return the mean of two figures of merit, such as the balanced accuracy of sensitivity and specificity.

    Parameters
    ----------
    one, other
        Of different images; None where undefined.

    Returns
    -------
    Merit or None
        None where one of the two is.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.two_arms.merit import mean_of, share_right
    >>> mean_of(share_right(np.array([True]), np.array([0])), share_right(np.array([False]), np.array([1]))).value
    0.5
    """
    if one is None or other is None:
        return None
    parts = tuple(ImagesOfOneTruth(part.images, part.deviations / 2) for part in (*one.parts, *other.parts))
    return Merit((one.value + other.value) / 2, parts)


def roc_area(truth: NDArray[np.bool_], ratings: NDArray[np.floating], images: Codes) -> Merit | None:
    """Return the area under the ROC curve, ties as half.

    Parameters
    ----------
    truth
        bool array of shape (n,): whether the image was perturbed.
    ratings
        float array of shape (n,): higher means more surely perturbed; none missing.
    images
        int array of shape (n,): which image was rated.

    Returns
    -------
    Merit or None
        None without a rated image of either truth.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.two_arms.merit import roc_area
    >>> roc_area(np.array([True, True, False, False]), np.array([5.0, 3.0, 3.0, 1.0]), np.arange(4)).value
    0.875
    """
    if truth.all() or not truth.any():
        return None
    placed = placements(ratings[truth], ratings[~truth])
    value = float(placed.perturbed.mean())
    parts = (
        ImagesOfOneTruth(images[truth], placed.perturbed - value),
        ImagesOfOneTruth(images[~truth], placed.clean - value),
    )
    return Merit(value, parts)
