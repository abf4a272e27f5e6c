"""Images in [0, 1] as whole levels, within a strength; and directions of one length."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LEVELS = np.float32(255)


def reach_of(start: Floats, strength: float) -> tuple[Floats, Floats]:
    """Return the least and the greatest value that each channel may take, within the strength and within [0, 1].

    Parameters
    ----------
    start
        Clean images in [0, 1], float32 (n, side, side, 3).
    strength
        In levels; a saved image can use its whole levels alone.
    """
    reach = np.float32(math.floor(strength)) / LEVELS
    return np.maximum(start - reach, np.float32(0)), np.minimum(start + reach, np.float32(1))


def unit_length(directions: Floats) -> Floats:
    """Return the directions, float32 (n, side, side, 3), each divided by its Euclidean norm; one of 0 stays 0."""
    squares = np.square(directions, dtype=np.float64).sum(axis=(1, 2, 3))
    norms = np.sqrt(np.where(squares > 0, squares, 1.0)).astype(np.float32)
    return directions / norms[:, None, None, None]
