"""A dataset's images as one array: what training reads again and again."""

import math
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from django.conf import settings

from ml.errors import MlError
from ml.images.pixels import Pixels, decode, to_square
from ml.images.prefetch import prefetched
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models import Image


def read_square(image: Image, *, size: int) -> Pixels:
    """Read one image from the storage, at `size` × `size` pixels, made square as its dataset says.

    Raises
    ------
    MlError
        The file is gone, or is not the one that was imported; the message names it.
    """
    try:
        return to_square(decode(read_unaltered(image.file, image.sha256)), size, image.dataset.fit)
    # Pillow raises SyntaxError for a broken PNG
    except (OSError, AlteredFileError, ValueError, SyntaxError) as error:
        raise MlError(
            f"The image {image.name} of the dataset {image.dataset.name} cannot be read ({error}). Its file is "
            f"{image.file.name}; restore it, or import the dataset again under another name."
        ) from error


def read_squares(images: Sequence[Image], size: int, *, tell: Callable[[str], None]) -> Pixels:
    """Read many images into one array on disk, which goes when nothing refers to it any more.

    Parameters
    ----------
    images
        In the order wanted.
    size
        Side, in pixels.
    tell
        Told how far it is, in words, after each image.

    Returns
    -------
    uint8 array of shape (n, size, size, 3), levels 0–255: a memory map, so that a large dataset needs no memory.

    Raises
    ------
    MlError
        One of them cannot be read.
    OSError
        There is no room for them on the disk; none was read.
    """
    squares = array_on_disk((len(images), size, size, 3))
    with prefetched(partial(read_square, size=size), images) as read:
        for place, square in enumerate(read):
            squares[place] = square
            tell(f"reading image {place + 1} of {len(images)}")
    return squares


def array_on_disk(shape: tuple[int, ...]) -> Pixels:
    """Return an array of zeros on disk, which goes when nothing refers to it any more.

    Raises
    ------
    OSError
        There is no room for it on the disk.
    """
    folder = Path(settings.DATA_DIR)
    with tempfile.TemporaryFile(dir=folder) as file:  # no name: it goes with the process, however that ends
        _reserve(file.fileno(), math.prod(shape))
        array: Pixels = np.memmap(file, dtype=np.uint8, mode="w+", shape=shape)
    return array


def _reserve(file: int, count: int) -> None:
    """Take room on the disk: a full disk would end the process when a page of the map is written, without a word."""
    if sys.platform == "linux" and count:
        os.posix_fallocate(file, 0, count)
