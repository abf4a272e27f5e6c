"""Flashes: whether two images that alternate stay below the thresholds of WCAG 2.2, success criterion 2.3.1.

From W3C, Web Content Accessibility Guidelines (WCAG) 2.2, definitions of “general flash and red flash thresholds” and
“relative luminance”. What alternates is below the thresholds if there are no more than three flashes in a second, or if
those that occur at once fill no more than a quarter of any visual field of 10 degrees, for which the definition takes a
rectangle of 341 × 256 CSS pixels anywhere on the screen.

Two things are taken more strictly than the definition asks: its exception for fine, balanced patterns is not made, and
a pixel without light has the chromaticity of white, so that black beside a dark saturated red counts as a red flash.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels

MOST_SAFE_FLASHES: Final = 3
"""In a second; one flash is a pair of opposing changes, a full cycle of two images that alternate."""
FIELD_WIDTH, FIELD_HEIGHT = 341, 256
"""CSS pixels that stand for a visual field of 10 degrees."""
LARGEST_FLASHING_AREA: Final = FIELD_WIDTH * FIELD_HEIGHT / 4
"""CSS pixels: 21,824, a quarter of the field."""
LEAST_CHANGE: Final = 0.1
"""Of relative luminance, whose maximum is 1."""
BRIGHT: Final = 0.8
"""Where the darker image has this relative luminance or more, no change is a general flash."""
SATURATED_RED: Final = 0.8
"""R / (R + G + B), of linear values."""
LEAST_SHIFT: Final = 0.2
"""Distance in the CIE 1976 UCS diagram beyond which a change to or from a saturated red is a red flash."""

_LINEAR: Final = np.array(
    [level / 255 / 12.92 if level / 255 <= 0.04045 else ((level / 255 + 0.055) / 1.055) ** 2.4 for level in range(256)]
)
_LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722])
_TO_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""From linear sRGB (IEC 61966-2-1), with its white point D65."""


@dataclass(frozen=True, slots=True)
class FlashingArea:
    """How much flashes at once where two images alternate.

    Attributes
    ----------
    general, red
        The largest area of general and of red flashes within any field, CSS pixels, 0 to 87,296.
    """

    general: float
    red: float

    @property
    def is_below_thresholds(self) -> bool:
        """Whether the images may alternate at any rate."""
        return max(self.general, self.red) <= LARGEST_FLASHING_AREA


def flashing_area(first: Pixels, second: Pixels, *, scale: float = 1) -> FlashingArea:
    """Return how much flashes where two images alternate in one place.

    Parameters
    ----------
    first, second
        uint8, of shape (height, width, 3), sRGB.
    scale
        The side of an image pixel in CSS pixels.

    Raises
    ------
    ValueError
        The images differ in shape, or the scale is none.
    """
    if first.shape != second.shape:
        raise ValueError(f"images that alternate have one shape, not {first.shape} and {second.shape}")
    if scale <= 0:
        raise ValueError(f"an image pixel has a side above 0, not {scale}")
    one, other = _LINEAR[first], _LINEAR[second]
    general, red = _general_flashes(one, other), _red_flashes(one, other)
    return FlashingArea(_largest_in_a_field(general, scale), _largest_in_a_field(red, scale))


def relative_luminance(pixels: Pixels) -> NDArray[np.float64]:
    """Return the relative luminance of each pixel after WCAG 2.2, 0 (black) to 1 (white).

    Parameters
    ----------
    pixels
        uint8, of shape (…, 3), sRGB.
    """
    luminance: NDArray[np.float64] = _LINEAR[pixels] @ _LUMINANCE
    return luminance


def _general_flashes(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return at which pixels the luminance changes by a tenth or more, and is below 0.80 in the darker image."""
    luminances = one @ _LUMINANCE, other @ _LUMINANCE
    change: NDArray[np.float64] = np.abs(luminances[0] - luminances[1])
    flashes: NDArray[np.bool_] = (change >= LEAST_CHANGE) & (np.minimum(*luminances) < BRIGHT)
    return flashes


def _red_flashes(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return at which pixels one image has a saturated red, and the other a colour that is far from it."""
    shift = np.linalg.norm(_chromaticity(one) - _chromaticity(other), axis=-1)
    flashes: NDArray[np.bool_] = (_is_saturated_red(one) | _is_saturated_red(other)) & (shift > LEAST_SHIFT)
    return flashes


def _is_saturated_red(linear: NDArray[np.float64]) -> NDArray[np.bool_]:
    light = linear.sum(axis=-1)
    red: NDArray[np.bool_] = (light > 0) & (linear[..., 0] >= SATURATED_RED * light)
    return red


def _chromaticity(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return u′ and v′ (CIE 15): 4X / (X + 15Y + 3Z) and 9Y / (X + 15Y + 3Z); of black those of white."""
    lit = np.where(linear.sum(axis=-1, keepdims=True) > 0, linear, 1.0)
    xyz = lit @ _TO_XYZ.T
    divisor = xyz @ np.array([1.0, 15.0, 3.0])
    return np.stack([4 * xyz[..., 0] / divisor, 9 * xyz[..., 1] / divisor], axis=-1)


def _largest_in_a_field(flashes: NDArray[np.bool_], scale: float) -> float:
    """Return the largest area that flashes within a field, wherever it lies; CSS pixels."""
    height, width = flashes.shape
    rows, columns = (
        min(side, int(np.ceil(field / scale))) for side, field in ((height, FIELD_HEIGHT), (width, FIELD_WIDTH))
    )
    # Sums of all rectangles from the corner; any other is a difference of four of them.
    sums = np.zeros((height + 1, width + 1), dtype=np.int64)
    sums[1:, 1:] = flashes.cumsum(axis=0).cumsum(axis=1)
    inside = sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns] + sums[:-rows, :-columns]
    return float(inside.max() * scale**2)
