"""Images that tell their number by their pixels, so that a picture of the screen proves which one stands on it.

An image is four by four cells, each dark or light: one that is always light, one that is always dark, the seven bits of
the number, and the same bits inverted. A frame that holds half an image, or none, has no number.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels

CELLS = 4  # a side
BITS = 7
STRENGTH = 4  # 8-bit levels
DARK, LIGHT = (20, 80), (175, 235)
MIDDLE = 128


def numbered_twins(count: int, size: int) -> Iterator[tuple[Pixels, Pixels]]:
    """Yield so many images and their twins: square, `size` pixels a side, of noise around the grey of each cell."""
    generator = np.random.default_rng(count)
    for number in range(count):
        dark = generator.integers(*DARK, (size, size, 3), dtype=np.uint8)
        light = generator.integers(*LIGHT, (size, size, 3), dtype=np.uint8)
        is_light = np.repeat(np.repeat(_cells_of(number), -(-size // CELLS), axis=0), -(-size // CELLS), axis=1)
        clean = np.where(is_light[:size, :size, np.newaxis], light, dark)
        change = generator.integers(-STRENGTH, STRENGTH + 1, clean.shape, dtype=np.int16)
        yield clean, (clean + change).astype(np.uint8)


def number_in(picture: NDArray[np.uint8]) -> int | None:
    """Return the number of the image that a grey picture (height, width) holds; None if it holds none.

    Of each cell its middle counts: the picture may be smaller than the image, and a little beside it.
    """
    height, width = (side / CELLS for side in picture.shape)
    means = np.array(
        [
            [
                picture[
                    round((row + 0.3) * height) : round((row + 0.7) * height),
                    round((column + 0.3) * width) : round((column + 0.7) * width),
                ].mean()
                for column in range(CELLS)
            ]
            for row in range(CELLS)
        ]
    )
    is_light = means > MIDDLE
    number = sum(int(bit) << place for place, bit in enumerate(is_light.flat[2 : 2 + BITS]))
    return number if (is_light == _cells_of(number)).all() else None


def _cells_of(number: int) -> NDArray[np.bool_]:
    """Return which cells of an image are light."""
    bits = [bool(number >> place & 1) for place in range(BITS)]
    return np.array([True, False, *bits, *(not bit for bit in bits)]).reshape(CELLS, CELLS)
