"""A picture taken otherwise: turned, nearer or farther, lighter or darker, with more or less contrast."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.pixels import Pixels

MID_GREY = 127.5


@dataclass(frozen=True, slots=True)
class Photographing:
    """How the picture is taken; the defaults leave it as it is."""

    degrees: float = 0.0
    """Turned anticlockwise about its centre."""
    zoom: float = 1.0
    """Above 1 enlarged, below shrunk."""
    brightness: float = 0.0
    """Levels that are added."""
    contrast: float = 1.0
    """By what the distance from mid-grey is multiplied."""

    @classmethod
    def of_shares(
        cls, rotation: float, zoom: float, brightness: float, contrast: float, *, strength: float
    ) -> "Photographing":
        """Return what shares of a strength are, each from −1 to 1.

        The whole strength s is s degrees; s per cent larger, or smaller by the same factor; s levels; a contrast that
        moves black and white by s levels, but never turns them round.
        """
        return cls(
            degrees=rotation * strength,
            zoom=(1 + abs(zoom) * strength / 100) ** math.copysign(1, zoom),
            brightness=brightness * strength,
            contrast=max(0.0, 1 + contrast * strength / MID_GREY),
        )


def photograph(image: Pixels, ways: Sequence[Photographing]) -> Pixels:
    """Return the picture as each of the ways takes it, by cubic splines; beyond its edges it is reflected.

    Parameters
    ----------
    image
        uint8 array of shape (height, width, 3).

    Returns
    -------
    uint8 array of shape (ways, height, width, 3).
    """
    from scipy import ndimage

    centre = (np.array(image.shape[:2]) - 1) / 2
    channels = np.moveaxis(image.astype(np.float32), 2, 0)
    # The same for every way: found once.
    splines = [ndimage.spline_filter(channel, order=3, mode="reflect", output=np.float32) for channel in channels]
    taken = np.empty((len(ways), *image.shape), dtype=np.uint8)
    for place, way in enumerate(ways):
        shown: NDArray[np.float32] = image.astype(np.float32)
        if (way.degrees, way.zoom) != (0.0, 1.0):
            turn = _turn(way)
            moved = [
                ndimage.affine_transform(
                    spline, turn, offset=centre - turn @ centre, order=3, mode="reflect", prefilter=False
                )
                for spline in splines
            ]
            shown = np.stack(moved, axis=-1)
        shown = MID_GREY + way.contrast * (shown - MID_GREY) + way.brightness
        taken[place] = np.rint(np.clip(shown, 0, 255)).astype(np.uint8)
    return taken


def _turn(way: Photographing) -> NDArray[np.float64]:
    """Return the matrix from a place in the picture taken to one in the picture (row, column)."""
    angle = math.radians(way.degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, sine], [-sine, cosine]]) / way.zoom
