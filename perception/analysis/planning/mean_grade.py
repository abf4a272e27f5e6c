"""How many observers the mean grade of a degradation category rating takes, for an interval of a wanted half-width."""

from dataclasses import dataclass
from math import sqrt

from scipy import stats

from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import require_level

MOST_OBSERVERS = 10_000
FEWEST_IMAGES = 2
LARGEST_SD = 2.0
"""Of grades from 1 to 5: half of them at either end."""


@dataclass(frozen=True, slots=True)
class GradeSpread:
    """By what grades of one kind of test image vary, as standard deviations on the scale from 1 to 5.

    Attributes
    ----------
    observers
        Between observers' means.
    images
        Between images' means.
    rest
        Of one observer's grades of one image.

    Raises
    ------
    ValueError
        One is below 0 or above 2, or all are 0.
    """

    observers: float
    images: float
    rest: float

    def __post_init__(self) -> None:
        """Refuse what grades cannot vary by."""
        for name, value in (("observers", self.observers), ("images", self.images), ("the rest", self.rest)):
            if not 0 <= value <= LARGEST_SD:
                raise ValueError(f"the SD of {name} lies between 0 and {LARGEST_SD:g}, such as 0.5; {value:g} does not")
        if self.observers == self.images == self.rest == 0:
            raise ValueError("grades that do not vary have no interval to plan")


def half_width(spread: GradeSpread, *, observers: int, images: int, level: float = 0.95) -> float:
    """Return how far the interval of a mean grade is to reach to either side, images and observers random.

    Parameters
    ----------
    spread
        By what grades vary.
    observers, images
        J and I; every observer grades every image. At least 3 and 2.
    level
        Of the interval, between 0 and 1.

    Returns
    -------
    float
        In grades.

    Raises
    ------
    ValueError
        Too few observers or images; a level outside (0, 1).

    Notes
    -----
    With σ_o, σ_i, σ_r of the spread, v_i = σ_i²/I + σ_r²/(IJ), v_o = σ_o²/J + σ_r²/(IJ) and v = σ_o²/J + σ_i²/I +
    σ_r²/(IJ) are what the parts of the variance of a mean grade are expected to be, and t √v is the half-width, with
    Satterthwaite's v²/(v_i²/(I − 1) + v_o²/(J − 1)) degrees of freedom. Near an end of the scale the interval itself
    reaches less far towards the end, and further away from it.

    Examples
    --------
    >>> from perception.analysis.planning.mean_grade import GradeSpread, half_width
    >>> print(f"{half_width(GradeSpread(0.4, 0.3, 0.6), observers=15, images=30):.3f}")
    0.250
    """
    require_level(level)
    if observers < FEWEST_OBSERVERS or images < FEWEST_IMAGES:
        raise ValueError(f"an interval takes {FEWEST_OBSERVERS} observers and {FEWEST_IMAGES} images or more")
    of_grade = spread.rest**2 / (images * observers)
    by_image, by_observer = spread.images**2 / images + of_grade, spread.observers**2 / observers + of_grade
    variance = by_image + by_observer - of_grade
    freedom = variance**2 / (by_image**2 / (images - 1) + by_observer**2 / (observers - 1))
    return float(stats.t.ppf(0.5 + level / 2, freedom)) * sqrt(variance)


def observers_needed(spread: GradeSpread, wanted: float, *, images: int, level: float = 0.95) -> int | None:
    """Return how many observers make the interval of a mean grade as narrow as wanted.

    Parameters
    ----------
    spread
        As for `half_width`.
    wanted
        The half-width, in grades; above 0.
    images, level
        As for `half_width`.

    Returns
    -------
    int or None
        From 3 to `MOST_OBSERVERS`; None where no number of observers suffices, as the images alone vary too much.

    Raises
    ------
    ValueError
        A half-width of 0 or less; as for `half_width`.

    Examples
    --------
    >>> from perception.analysis.planning.mean_grade import GradeSpread, observers_needed
    >>> spread = GradeSpread(0.4, 0.3, 0.6)
    >>> observers_needed(spread, 0.2, images=30), observers_needed(spread, 0.1, images=30)
    (26, None)
    """
    if wanted <= 0:
        raise ValueError(f"a half-width is above 0, such as 0.2; {wanted:g} is not")
    low, high = FEWEST_OBSERVERS, MOST_OBSERVERS
    if half_width(spread, observers=high, images=images, level=level) > wanted:
        return None
    while low < high:
        middle = (low + high) // 2
        if half_width(spread, observers=middle, images=images, level=level) <= wanted:
            high = middle
        else:
            low = middle + 1
    return low
