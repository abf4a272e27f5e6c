"""Where a change is visible: the maps of the measures as pictures, black where nothing is seen."""

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels
from ml.images.visibility.colour_difference import colour_difference_map
from ml.images.visibility.flip import flip_map

WHITE_CIEDE2000 = 5.0
"""ΔE00 from which a pixel of its map is white."""
WHITE_FLIP = 0.25
"""FLIP error from which a pixel of its map is white."""


def colour_difference_picture(clean: Pixels, perturbed: Pixels) -> Pixels:
    """Return the map of ΔE00 in greys: black is 0, white `WHITE_CIEDE2000` or more; uint8, (height, width, 3)."""
    return _in_greys(colour_difference_map(clean, perturbed), white=WHITE_CIEDE2000)


def flip_picture(clean: Pixels, perturbed: Pixels, *, pixels_per_degree: float) -> Pixels:
    """Return the map of FLIP in greys: black is 0, white `WHITE_FLIP` or more; uint8, (height, width, 3)."""
    return _in_greys(flip_map(clean, perturbed, pixels_per_degree=pixels_per_degree), white=WHITE_FLIP)


def _in_greys(values: NDArray[np.floating], *, white: float) -> Pixels:
    greys = np.rint(255 * np.clip(values / white, 0, 1)).astype(np.uint8)
    return np.repeat(greys[..., np.newaxis], 3, axis=2)
