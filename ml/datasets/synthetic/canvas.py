"""What a lesion is painted on: an RGB layer, seen through one view of the dermatoscope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from ml.datasets.synthetic.view import View

Plane = NDArray[np.float32]
Colour = Sequence[float]
Point = tuple[float, float]

# Shapes are drawn this many times larger and then averaged down: their edges come out smooth.
_SUPERSAMPLING = 4


@dataclass(slots=True)
class Canvas:
    """A square RGB layer and the lesion coordinates of its pixels.

    Lesion coordinates are in half sides of the image: a view without shift or scale spans −1 to 1. What is painted
    in them keeps its looks at any `size`, and follows the lesion when the view turns.

    Attributes
    ----------
    rgb
        float32, shape (size, size, 3), values 0–1.
    u, v
        float32, shape (size, size): each pixel's lesion coordinates.
    """

    view: View
    size: int
    rgb: NDArray[np.float32]
    u: Plane = field(init=False)
    v: Plane = field(init=False)

    def __post_init__(self) -> None:
        """Work out the pixels' lesion coordinates."""
        self.u, self.v = self.view.lesion_coordinates(self.size)

    def blend(self, colour: Colour | NDArray[np.float32], alpha: Plane) -> None:
        """Lay `colour` (0–1, one or one a pixel) over the layer with the opacity `alpha` (0–1, a pixel each)."""
        self.rgb += (np.asarray(colour, dtype=np.float32) - self.rgb) * alpha[..., np.newaxis]

    def lines(self, paths: Iterable[tuple[Sequence[Point], float]]) -> Plane:
        """Return how much of each pixel is covered by lines: points and a width each, in lesion coordinates."""
        large = Image.new("L", (self.size * _SUPERSAMPLING,) * 2)
        pen = ImageDraw.Draw(large)
        for points, width in paths:
            pen.line(self._pixels(points), fill=255, width=max(1, round(self._length(width))), joint="curve")
        return _averaged_down(large)

    def discs(self, centres: Iterable[Point], radii: Iterable[float]) -> Plane:
        """Return how much of each pixel is covered by discs, in lesion coordinates."""
        return self.ellipses(centres, ((radius, radius, 0.0) for radius in radii))

    def ellipses(self, centres: Iterable[Point], axes: Iterable[tuple[float, float, float]]) -> Plane:
        """Return how much of each pixel is covered by ellipses: half axes and the turn (radians) of the first."""
        large = Image.new("L", (self.size * _SUPERSAMPLING,) * 2)
        pen = ImageDraw.Draw(large)
        around = np.linspace(0.0, 2 * np.pi, 24, endpoint=False)
        for (x, y), (long, short, turn) in zip(centres, axes, strict=True):
            along, across = long * np.cos(around), short * np.sin(around)
            outline = np.stack(
                [
                    x + along * np.cos(turn) - across * np.sin(turn),
                    y + along * np.sin(turn) + across * np.cos(turn),
                ],
                axis=1,
            )
            pen.polygon(self._pixels(outline), fill=255)
        return _averaged_down(large)

    def soften(self, plane: Plane, radius: float) -> Plane:
        """Blur by a Gaussian whose standard deviation is `radius` in lesion coordinates."""
        sigma = self._length(radius) / _SUPERSAMPLING
        softened: Plane = ndimage.gaussian_filter(plane, sigma, mode="nearest", truncate=3.0)
        return softened

    def _pixels(self, points: Sequence[Point] | NDArray[np.float64]) -> list[tuple[float, float]]:
        x, y = self.view.pixels(np.asarray(points, dtype=np.float64), self.size * _SUPERSAMPLING)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    def _length(self, length: float) -> float:
        return length * self.view.scale * self.size * _SUPERSAMPLING / 2


def _averaged_down(large: Image.Image) -> Plane:
    return np.asarray(large.reduce(_SUPERSAMPLING), dtype=np.float32) / np.float32(255)
