"""What is sent on the walks: synthetic lesions, and pairs of them that a few lines of NumPy perturbed."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ml.datasets.readers.archive import ImageEntry
from ml.datasets.synthetic import synthetic_archive
from ml.images.pixels import decode, encode_png
from tools.tutorial_screenshots.walks import IMAGES_FILE, PAIRS_FILE

SIDE = 64
IMAGES = 140
"""Half of them are to be perturbed, of which the paper's study shows 50."""
PAIRS = 70
LEVELS = 8
SEED = 7


def write_files(folder: Path) -> dict[str, Path]:
    """Write both zips into a folder; return them by their names in the walks."""
    files = {name: folder / name for name in (IMAGES_FILE, PAIRS_FILE)}
    with zipfile.ZipFile(files[IMAGES_FILE], "w") as archive:
        for entry in _lesions(IMAGES):
            archive.writestr(f"{entry.diagnosis}/{entry.name}.png", entry.read())
    with zipfile.ZipFile(files[PAIRS_FILE], "w") as archive:
        for number, entry in enumerate(_lesions(PAIRS)):
            clean = decode(entry.read())
            signs = np.random.default_rng([SEED, number]).choice((-1, 1), clean.shape)
            perturbed = np.clip(clean.astype(np.int16) + LEVELS * signs, 0, 255).astype(np.uint8)
            for side, pixels in (("clean", clean), ("perturbed", perturbed)):
                archive.writestr(f"{side}/{entry.diagnosis}/{entry.name}.png", encode_png(pixels))
    return files


def _lesions(count: int) -> Iterator[ImageEntry]:
    yield from synthetic_archive(images=count, size=SIDE, seed=SEED).entries
