"""The difference of two colours as people judge it side by side: CIEDE2000."""

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels

# Rows that are measured at one time: in CIELAB an image takes many times the memory of its levels.
STRIP = 64


def colour_difference_map(clean: Pixels, perturbed: Pixels) -> NDArray[np.float64]:
    """Return the colour difference ΔE00 of each pixel.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (height, width, 3), sRGB.

    Returns
    -------
    float64 array of shape (height, width), at least 0. Around 1 is a difference that people just notice between two
    large patches of colour side by side.

    Raises
    ------
    ValueError
        The shapes differ.

    Notes
    -----
    ISO/CIE 11664-6:2022, with k_L = k_C = k_H = 1; CIELAB for the illuminant D65 and the 2° observer. By scikit-image,
    whose formula is that of Sharma, Wu, Dalal 2005, "The CIEDE2000 color-difference formula: implementation notes".
    Each pixel is judged alone: that a fine pattern blurs in the eye is not in it.
    """
    from skimage.color import deltaE_ciede2000, rgb2lab

    check_same_shape(clean, perturbed)
    found = np.empty(clean.shape[:2], dtype=np.float64)
    for top in range(0, len(clean), STRIP):
        rows = slice(top, top + STRIP)
        one, other = rgb2lab(clean[rows]), rgb2lab(perturbed[rows])
        found[rows] = deltaE_ciede2000(one, other)  # type: ignore[no-untyped-call]
    return found


def check_same_shape(clean: Pixels, perturbed: Pixels) -> None:
    """Refuse images of different shapes (ValueError)."""
    if clean.shape != perturbed.shape:
        raise ValueError(f"the images have different shapes: {clean.shape} and {perturbed.shape}")
