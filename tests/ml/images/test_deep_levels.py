"""Images of 16 bits come to 8 by one rule, grey and colour alike, whatever order their bytes stand in."""

import io
import struct
import zlib
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from ml.images.deep_levels import UnfitLevelsError, bits_of, to_eight_bits

RAMP = np.linspace(65535, 0, 24 * 18 * 3).round().astype(np.uint16).reshape(24, 18, 3)


def deep_png(levels: NDArray[np.integer]) -> bytes:
    """Return a 16-bit PNG: Pillow reads no more than 8 bits of colours, and writes no more."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = levels.shape[:2]
    colour_type = 2 if levels.ndim == 3 else 0
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def deep_tiff(
    levels: NDArray[np.uint16], order: Literal["<", ">"], *, photometric: int | None = None, packed: bool = False
) -> bytes:
    """Return a 16-bit TIFF of one strip, grey or colour, in either order of bytes, deflated or not."""
    height, width = levels.shape[:2]
    channels = levels.shape[2] if levels.ndim == 3 else 1
    strip = levels.astype(f"{order}u2").tobytes()
    strip = zlib.compress(strip) if packed else strip
    kind = photometric if photometric is not None else (2 if channels == 3 else 1)
    bits_at = 8 + 2 + 12 * 9 + 4
    strip_at = bits_at + 6
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, channels, bits_at if channels == 3 else 16)]
    tags += [(259, 3, 1, 8 if packed else 1), (262, 3, 1, kind), (273, 4, 1, strip_at), (277, 3, 1, channels)]
    tags += [(278, 4, 1, height), (279, 4, 1, len(strip))]
    directory = struct.pack(f"{order}H", len(tags))
    for tag, form, count, value in tags:
        short = form == 3 and count == 1
        directory += struct.pack(f"{order}HHI", tag, form, count)
        directory += struct.pack(f"{order}HH", value, 0) if short else struct.pack(f"{order}I", value)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    return head + directory + bytes(4) + struct.pack(f"{order}3H", 16, 16, 16) + strip


def read(data: bytes, said: int | None = None) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        bits = bits_of(image, data)
    assert bits == 16
    return np.asarray(to_eight_bits(data, bits=bits, said=said).image)


def rule(levels: NDArray[np.integer], bits: int = 16) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.rint(levels / (2**bits - 1) * 255)
    return rounded


@pytest.mark.parametrize("levels", [RAMP, RAMP[:, :, 0]])
def test_grey_and_colour_follow_one_rule(levels: NDArray[np.uint16]) -> None:
    grey_or_colour: list[bytes] = [deep_png(levels)]
    orders: tuple[Literal["<", ">"], ...] = ("<", ">")
    grey_or_colour += [deep_tiff(levels, order, packed=packed) for order in orders for packed in (False, True)]
    for data in grey_or_colour:
        assert np.array_equal(read(data), rule(levels))


@given(st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=15, deadline=None)
def test_every_level_is_read_to_its_last_bit(seed: int, colour: bool) -> None:
    shape = (16, 17, 3) if colour else (16, 17)
    levels = np.random.default_rng(seed).integers(0, 65536, shape, dtype=np.uint16)
    levels.flat[0] = 65535
    assert np.array_equal(read(deep_png(levels)), rule(levels))
    few = levels >> 4
    assert np.array_equal(read(deep_png(few), said=12), rule(few, 12))


def test_what_does_not_use_its_bits_is_refused_with_the_way_out() -> None:
    for levels in (RAMP >> 4, RAMP[:, :, 0] >> 4):
        with pytest.raises(UnfitLevelsError, match=r"brightest level is 4,095 of 65,535.*--bits 12"):
            read(deep_png(levels))
        assert np.array_equal(read(deep_png(levels), said=12), rule(levels, 12))


def test_more_than_the_bits_that_somebody_said_is_refused() -> None:
    with pytest.raises(UnfitLevelsError, match="levels up to 65,535, more than 12 bits hold"):
        read(deep_png(RAMP), said=12)


def test_where_white_is_zero_it_is_turned_round() -> None:
    grey = RAMP[:, :, 0]
    assert np.array_equal(read(deep_tiff(grey, "<", photometric=0)), rule(65535 - grey))


def test_a_tiff_of_8_bits_is_not_touched() -> None:
    out = io.BytesIO()
    Image.fromarray(np.zeros((4, 4, 3), dtype=np.uint8)).save(out, "TIFF")
    with Image.open(io.BytesIO(out.getvalue())) as image:
        assert bits_of(image, out.getvalue()) == 8
