"""How far somebody sits from their screen, by the blind spot of an eye, and how large images are to it then.

After the “virtual chinrest” of Li, Joo, Yeatman & Reinecke (2020, Scientific Reports 10:904): the right eye is covered,
the left one looks at a square, and a dot moves away from it to the left until it vanishes, where the blind spot begins.
That is 13.5° from where the eye looks, taken as the same for everybody; the size of the screen's pixels is known by a
card. In their laboratory the distance was wrong by 3.25 cm on average; at home nobody has measured by how much. Whoever
says too late that the dot is gone sits too far away by it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

BLIND_SPOT_DEG = 13.5
"""From where the left eye looks to the near edge of its blind spot (Li et al. 2020, figure 2)."""
REPETITIONS = 5
"""How often the dot is followed, as in their task."""
DOT_MM_A_SECOND = 12.0
"""How fast the dot moves. A press that comes 0.3 s late makes the distance 1.5 cm too large."""
NEAREST_START, FARTHEST_START = 0.4, 0.65
"""Where the dot begins, at random between them, so that how long it runs says nothing: of the way to where it vanishes
at the smallest distance that a study allows."""
SMALLEST_DISTANCE_CM = 20
LARGEST_DISTANCE_CM = 300


@dataclass(frozen=True, slots=True)
class BlindSpotDistance:
    """A distance by the blind spot.

    Attributes
    ----------
    cm
        The median of the repetitions, from the eye to the screen.
    repetitions
        How many there were.
    spread_cm
        The largest of them less the smallest.
    """

    cm: float
    repetitions: int
    spread_cm: float


def blind_spot_distance(separations_mm: Sequence[float]) -> BlindSpotDistance:
    """Return how far an eye is from the screen by where a dot vanished.

    Parameters
    ----------
    separations_mm
        From the centre of the square to that of the dot, mm on the screen, each above 0, one a repetition.

    Raises
    ------
    ValueError
        There is none, or one is not above 0.
    """
    if not separations_mm or min(separations_mm) <= 0:
        raise ValueError("each repetition needs a separation above 0 mm")
    distances = [separation / math.tan(math.radians(BLIND_SPOT_DEG)) / 10 for separation in separations_mm]
    return BlindSpotDistance(median(distances), len(distances), max(distances) - min(distances))


def separation_mm(distance_cm: float) -> float:
    """Return how far from the square the dot vanishes for an eye at a distance, mm."""
    return 10 * distance_cm * math.tan(math.radians(BLIND_SPOT_DEG))


@dataclass(frozen=True, slots=True)
class ImageInView:
    """How large an image is to an eye.

    Attributes
    ----------
    degrees
        The visual angle of its side, if it is looked at in its middle.
    pixels_per_degree
        Pixels of the image, not of the screen, in one degree about its middle.
    """

    degrees: float
    pixels_per_degree: float


def image_in_view(
    *, image_size: int, scale: int, distance_cm: float, css_px_per_mm: float, pixel_ratio: float
) -> ImageInView:
    """Return how large a square image is to an eye.

    Parameters
    ----------
    image_size
        Of its side, in its own pixels.
    scale
        Screen pixels per image pixel, along a side.
    distance_cm
        From the eye to the screen, above 0.
    css_px_per_mm, pixel_ratio
        CSS pixels per millimetre of the screen, and screen pixels per CSS pixel, of the same moment; both above 0.
    """
    image_px_per_mm = css_px_per_mm * pixel_ratio / scale
    distance_mm = 10 * distance_cm
    return ImageInView(
        degrees=math.degrees(2 * math.atan(image_size / image_px_per_mm / 2 / distance_mm)),
        pixels_per_degree=2 * distance_mm * math.tan(math.radians(0.5)) * image_px_per_mm,
    )
