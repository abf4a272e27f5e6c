"""A picture taken otherwise: turned, nearer or farther, lighter or darker, with more or less contrast."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ml.images.pixels import Pixels

LEVELS = np.arange(256)
MID_GREY = 127.5
BICUBIC = Image.Resampling.BICUBIC


@dataclass(frozen=True, slots=True)
class Transformation:
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
    ) -> "Transformation":
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


def transform(image: Pixels, ways: Sequence[Transformation]) -> Pixels:
    """Return the picture as each of the ways takes it, by bicubic interpolation; beyond its edges it is reflected.

    Parameters
    ----------
    image
        uint8 array of shape (height, width, 3).

    Returns
    -------
    uint8 array of shape (ways, height, width, 3).
    """
    height, width = image.shape[:2]
    # As far out as the smallest picture, turned, shows; two pixels more for the interpolation.
    out = max((math.hypot(height, width) / way.zoom for way in ways), default=0.0)
    margin = max(0, math.ceil((out - min(height, width)) / 2)) + 2
    framed = Image.fromarray(np.pad(image, ((margin, margin), (margin, margin), (0, 0)), mode="symmetric"))
    taken = np.empty((len(ways), *image.shape), dtype=np.uint8)
    for place, way in enumerate(ways):
        moved = framed.transform((width, height), Image.Transform.AFFINE, _turn(way, width, height, margin), BICUBIC)
        shown = MID_GREY + way.contrast * (LEVELS - MID_GREY) + way.brightness
        taken[place] = np.rint(np.clip(shown, 0, 255)).astype(np.uint8)[np.asarray(moved)]
    return taken


def _turn(way: Transformation, width: int, height: int, margin: int) -> tuple[float, ...]:
    """Return the matrix, row by row, from a place (x, y) in the picture taken to one in the framed picture."""
    angle = math.radians(way.degrees)
    cosine, sine = math.cos(angle) / way.zoom, math.sin(angle) / way.zoom
    x, y = width / 2, height / 2
    return (
        *(cosine, -sine, margin + x - cosine * x + sine * y),
        *(sine, cosine, margin + y - sine * x - cosine * y),
    )
