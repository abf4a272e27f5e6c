"""By what grades vary: between observers, between images, and the rest, for whoever plans the next study."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from perception.analysis.json_values import JsonObject


@dataclass(frozen=True, slots=True)
class SpreadOfGrades:
    """Standard deviations on the scale from 1 to 5.

    Attributes
    ----------
    observers, images
        Between the means of observers, and of images.
    rest
        Of one observer's grades of one image.
    """

    observers: float
    images: float
    rest: float

    def as_dict(self) -> JsonObject:
        """Return them as JSON."""
        return {"observers": self.observers, "images": self.images, "rest": self.rest}


def spread_of_grades(grades: NDArray[np.float64]) -> SpreadOfGrades | None:
    """Estimate by what grades vary, from observers who graded every image.

    Parameters
    ----------
    grades
        float array of shape (J, I), observers × images; nan where not graded.

    Returns
    -------
    SpreadOfGrades or None
        None where fewer than two observers graded two images or more each, all of them.

    Notes
    -----
    The analysis of variance of two crossed random factors without repetition (Searle, Casella & McCulloch 1992, chapter
    4): with the mean squares MS_o, MS_i and MS_r of observers, images and the rest, σ_r² = MS_r,
    σ_o² = (MS_o − MS_r)/I and σ_i² = (MS_i − MS_r)/J, at least 0.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.degradation.grade_spread import spread_of_grades
    >>> round(spread_of_grades(np.array([[5.0, 3], [4, 2], [5, 3]])).rest, 6)
    0.0
    """
    complete = grades[~np.isnan(grades).any(axis=1)]
    observers, images = complete.shape
    if observers < 2 or images < 2:
        return None
    mean = complete.mean()
    of_observer, of_image = complete.mean(axis=1, keepdims=True), complete.mean(axis=0, keepdims=True)
    rest = float(((complete - of_observer - of_image + mean) ** 2).sum()) / ((observers - 1) * (images - 1))
    between_observers = images * float(((of_observer - mean) ** 2).sum()) / (observers - 1)
    between_images = observers * float(((of_image - mean) ** 2).sum()) / (images - 1)
    return SpreadOfGrades(
        sqrt(max(between_observers - rest, 0.0) / images),
        sqrt(max(between_images - rest, 0.0) / observers),
        sqrt(rest),
    )
