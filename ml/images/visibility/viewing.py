"""How large a pixel is in the eye: pixels in a degree of the visual angle."""

import math

DEFAULT_PIXELS_PER_DEGREE = 67.0
"""What FLIP's authors take where nobody says how images are viewed: 0.7 m before a screen of 3,840 pixels on 0.7 m."""
MOST_PIXELS_PER_DEGREE = 1000.0
"""Far above what an eye resolves: whoever gives more has mistaken the unit."""


def pixels_per_degree(*, distance_cm: float, screen_pixels_per_cm: float, scale: float = 1.0) -> float:
    """Return how many pixels of an image lie in a degree of the visual angle, in the middle of the field of view.

    Parameters
    ----------
    distance_cm
        From the eye to the screen, cm, above 0.
    screen_pixels_per_cm
        Of the screen, above 0.
    scale
        Screen pixels that show one pixel of the image, along each side.

    Raises
    ------
    ValueError
        A number is not above 0.

    Notes
    -----
    2 · distance · tan(0.5°) is the length that a degree covers on the screen.
    """
    for number in (distance_cm, screen_pixels_per_cm, scale):
        if not (math.isfinite(number) and number > 0):
            raise ValueError(f"distance, density and scale are above 0, not {number}")
    return 2 * distance_cm * math.tan(math.radians(0.5)) * screen_pixels_per_cm / scale
