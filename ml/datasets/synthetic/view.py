"""How the dermatoscope is held over a lesion: turn, shift, distance."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class View:
    """One look at a lesion. A second image of the same lesion is the same lesion in another view.

    Attributes
    ----------
    turn
        Radians.
    scale
        Larger is nearer; 1 shows two lesion units from edge to edge.
    shift
        Where the lesion's centre lies, in half sides from the image's centre.
    """

    turn: float = 0.0
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """Draw a view: any turn, about the same distance, the lesion near the middle."""
        return cls(
            turn=float(rng.uniform(0.0, 2 * np.pi)),
            scale=float(rng.uniform(0.9, 1.12)),
            shift=(float(rng.uniform(-0.12, 0.12)), float(rng.uniform(-0.12, 0.12))),
        )

    def lesion_coordinates(self, size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the lesion coordinates of the pixel centres of a `size` × `size` image, float32 (size, size) each."""
        axis = ((np.arange(size) + 0.5) * (2.0 / size) - 1.0).astype(np.float32)
        x = (axis - np.float32(self.shift[0]))[np.newaxis, :]
        y = (axis - np.float32(self.shift[1]))[:, np.newaxis]
        cos, sin = np.float32(np.cos(self.turn) / self.scale), np.float32(np.sin(self.turn) / self.scale)
        return x * cos + y * sin, y * cos - x * sin

    def pixels(self, points: NDArray[np.float64], size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x and y, in pixels of a `size` × `size` image, of points (n, 2) in lesion coordinates."""
        u, v = points[:, 0], points[:, 1]
        cos, sin = np.cos(self.turn) * self.scale, np.sin(self.turn) * self.scale
        x = u * cos - v * sin + self.shift[0]
        y = u * sin + v * cos + self.shift[1]
        return (x + 1.0) * (size / 2), (y + 1.0) * (size / 2)
