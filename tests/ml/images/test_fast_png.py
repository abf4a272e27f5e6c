"""PNG files of our own writing: every reader gets the very pixels back."""

import io

import numpy as np
import pytest
from PIL import Image

from ml.images.fast_png import encode_png_quickly
from ml.images.pixels import decode, encode_png
from tests.ml.factories import make_pixels


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (9, 1), (24, 31), (200, 130)])
def test_nothing_is_lost(height: int, width: int) -> None:
    noise = np.random.default_rng(height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    for pixels in (noise, np.zeros_like(noise), np.full_like(noise, 255), noise[:, ::-1]):
        assert np.array_equal(decode(encode_png_quickly(pixels)), pixels)


def test_checksums_are_right_and_there_is_no_metadata() -> None:
    data = encode_png_quickly(make_pixels(3))

    with Image.open(io.BytesIO(data)) as image:
        image.verify()  # reads every chunk and its checksum
        assert (image.format, image.mode, image.info) == ("PNG", "RGB", {})
    damaged = bytearray(data)
    damaged[-20] ^= 1
    with pytest.raises((OSError, SyntaxError)), Image.open(io.BytesIO(bytes(damaged))) as image:
        image.verify()


def test_files_are_not_larger_than_the_librarys() -> None:
    rng = np.random.default_rng(5)
    picture = make_pixels(2, width=160, height=160).astype(int) + rng.integers(-6, 7, (160, 160, 3))
    pixels = np.clip(picture, 0, 255).astype(np.uint8)

    assert len(encode_png_quickly(pixels)) < 1.05 * len(encode_png(pixels))
