"""Clean images and their perturbed twins as files, as another program would leave them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from ml.images.pixels import Pixels
from ml.pairs.elsewhere.importing import PairImport
from tests.ml.factories import make_pixels

SIDE = 24


def clean_pixels(number: int, *, side: int = SIDE) -> Pixels:
    """Return a smooth picture, another for each number, with room for a change of 40 levels."""
    return np.clip(make_pixels(number, width=side, height=side), 45, 210).astype(np.uint8)


def perturbed_pixels(number: int, levels: int = 8, *, side: int = SIDE) -> Pixels:
    """Return the same picture with each channel of each pixel changed by so many levels, up or down."""
    signs = np.random.default_rng(number).choice((-1, 1), (side, side, 3))
    perturbed: Pixels = (clean_pixels(number, side=side).astype(int) + levels * signs).astype(np.uint8)
    return perturbed


def save(path: Path, pixels: Pixels, **options: object) -> Path:
    """Write an image in the format of its ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    PillowImage.fromarray(pixels).save(path, **options)  # type: ignore[arg-type]  # of Pillow's many formats
    return path


def write_twins(folder: Path, names: Sequence[str], *, levels: int = 8, ending: str = ".png") -> Path:
    """Write the twins of each name into the folders clean and perturbed, as PNG; return the folder."""
    for number, name in enumerate(names):
        save(folder / "clean" / f"{name}.png", clean_pixels(number))
        save(folder / "perturbed" / f"{name}{ending}", perturbed_pixels(number, levels))
    return folder


def pair_import(source: Path, **options: object) -> PairImport:
    """Return the import of pairs that “a program” perturbed."""
    given: dict[str, object] = {"name": "elsewhere", "made_by": "a program", **options}
    return PairImport(source=str(source), **given)  # type: ignore[arg-type]
