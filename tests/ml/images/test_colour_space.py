"""Colours are brought to sRGB where a file says that they are meant otherwise, and left alone where it does not.

The expected values come from the colour spaces' definitions, computed here in 64 bits, not from the code under test.
"""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from ml.images.colour_space import (
    ADOBE_PRIMARIES,
    D65,
    P3_PRIMARIES,
    SRGB_CURVE,
    SRGB_PRIMARIES,
    Chromaticities,
    InSrgb,
    UnfitColoursError,
    matrix_profile,
    to_srgb,
)

# XYZ (D65) of red, green and blue as columns: IEC 61966-2-1, Adobe RGB (1998) 4.3.5.3, and SMPTE EG 432-1.
TO_XYZ = {
    "sRGB": [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
    "Adobe RGB": [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]],
    "P3": [[0.48657, 0.26567, 0.19822], [0.22897, 0.69174, 0.07929], [0.0, 0.04511, 1.04394]],
}
GAMMA_2_2 = (563 / 256, 1, 0, 0, 0)
COLOURS = np.array(
    [[[200, 150, 130], [110, 60, 50], [30, 30, 30], [128, 128, 128], [255, 255, 255], [0, 0, 0], [90, 120, 100]]],
    dtype=np.uint8,
)


def expected(levels: NDArray[np.uint8], space: str, gamma: float) -> NDArray[np.float64]:
    """Return sRGB levels of colours in a space whose tone curve is a power."""
    linear = (levels / 255) ** gamma @ np.array(TO_XYZ[space]).T @ np.linalg.inv(np.array(TO_XYZ["sRGB"])).T
    clipped = np.clip(linear, 0, 1)
    coded = np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    rounded: NDArray[np.float64] = np.rint(255 * coded)
    return rounded


def png(*chunks: tuple[bytes, bytes], pixels: NDArray[np.uint8] = COLOURS) -> bytes:
    """Return a PNG with further chunks behind its header."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    data = out.getvalue()
    further = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return data[:33] + further + data[33:]


def saved(form: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(COLOURS).save(out, form, **options)
    return out.getvalue()


def converted(data: bytes) -> InSrgb:
    with Image.open(io.BytesIO(data)) as image:
        return to_srgb(image, data)


def gama(gamma: float) -> tuple[bytes, bytes]:
    return b"gAMA", struct.pack(">I", round(gamma * 100_000))


def chrm(primaries: Chromaticities) -> tuple[bytes, bytes]:
    return b"cHRM", struct.pack(">8I", *[round(value * 100_000) for corner in primaries for value in corner])


def close(found: InSrgb, wanted: NDArray[np.float64], *, within: int = 1) -> bool:
    return bool(np.abs(np.asarray(found.image).astype(float) - wanted).max() <= within)


@pytest.mark.parametrize(("space", "primaries"), [("Adobe RGB", ADOBE_PRIMARIES), ("P3", P3_PRIMARIES)])
@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_a_profile_is_converted(space: str, primaries: Chromaticities, form: str) -> None:
    options = {"lossless": True} if form == "WEBP" else {}
    found = converted(saved(form, icc_profile=matrix_profile(primaries, GAMMA_2_2), **options))
    assert close(found, expected(COLOURS, space, 563 / 256))
    assert found.done.startswith("converted to sRGB from the ICC profile")


def test_a_profile_that_is_srgb_changes_no_bit() -> None:
    for profile in (
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        matrix_profile(SRGB_PRIMARIES, SRGB_CURVE),
    ):
        found = converted(saved("PNG", icc_profile=profile))
        assert found.done == ""
        assert np.array_equal(np.asarray(found.image), COLOURS)


@pytest.mark.parametrize("profile", [b"no profile at all", matrix_profile(P3_PRIMARIES, GAMMA_2_2)[:150]])
def test_a_profile_that_cannot_be_used_is_passed_over_and_named(profile: bytes) -> None:
    found = converted(saved("TIFF", icc_profile=profile))
    assert "cannot be used was passed over" in found.done
    assert np.array_equal(np.asarray(found.image), COLOURS)


def test_a_profile_that_does_not_unpack_is_passed_over_and_named() -> None:
    found = converted(png((b"iCCP", b"name\0\0not deflated")))
    assert "cannot be used was passed over" in found.done
    assert np.array_equal(np.asarray(found.image), COLOURS)


def test_a_profile_of_other_channels_is_passed_over_and_named() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert "cannot be used was passed over" in converted(saved("PNG", icc_profile=lab)).done


@pytest.mark.parametrize(
    "chunks",
    [
        (),
        (gama(1 / 2.2), chrm(SRGB_PRIMARIES)),  # what ImageMagick writes into every file that it converts
        (gama(1 / 2.2),),
        (chrm(SRGB_PRIMARIES),),
        ((b"sRGB", b"\0"), gama(0.6), chrm(ADOBE_PRIMARIES)),  # sRGB is ranked above both
        ((b"cICP", bytes([1, 13, 0, 1])), gama(0.6)),  # and cICP above all
        (gama(0),),
    ],
)
def test_a_png_that_is_srgb_in_any_way_of_saying_it_changes_no_bit(chunks: tuple[tuple[bytes, bytes], ...]) -> None:
    found = converted(png(*chunks))
    assert found.done == ""
    assert np.array_equal(np.asarray(found.image), COLOURS)


@pytest.mark.parametrize(
    ("chunks", "space", "gamma"),
    [
        ((gama(1 / 1.8),), "sRGB", 1.8),
        ((gama(1.0), chrm(SRGB_PRIMARIES)), "sRGB", 1.0),
        ((gama(0.45470), chrm(ADOBE_PRIMARIES)), "Adobe RGB", 1 / 0.45470),
        (((b"cICP", bytes([12, 4, 0, 1])),), "P3", 2.2),
        (((b"cICP", bytes([12, 8, 0, 1])), gama(1 / 2.2)), "P3", 1.0),
    ],
)
def test_chunks_of_a_png_are_followed(chunks: tuple[tuple[bytes, bytes], ...], space: str, gamma: float) -> None:
    found = converted(png(*chunks))
    assert close(found, expected(COLOURS, space, gamma))
    assert found.done.startswith("converted to sRGB from")


@pytest.mark.parametrize("coded", [(9, 16, 0, 1), (9, 18, 0, 1), (1, 13, 1, 1), (1, 13, 0, 0), (77, 13, 0, 1)])
def test_light_beyond_a_screen_is_refused(coded: tuple[int, ...]) -> None:
    with pytest.raises(UnfitColoursError, match=r"cICP.*convert it to sRGB first"):
        converted(png((b"cICP", bytes(coded))))


def test_primaries_that_span_nothing_are_refused() -> None:
    with pytest.raises(UnfitColoursError, match="span no colours"):
        converted(png(gama(0.5), chrm((D65, (0.3, 0.3), (0.3, 0.3), (0.3, 0.3)))))


@pytest.mark.parametrize("told", [{0xA005: {1: "R03"}}, {0xA001: 2}])
def test_exif_names_adobe_rgb_as_cameras_do(told: dict[int, object]) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update(told)
    assert converted(saved("PNG", exif=exif)).done == ""  # a PNG says it by its chunks
    jpeg = converted(saved("JPEG", exif=exif, quality=100, subsampling=0))
    assert jpeg.done == "converted to sRGB from Adobe RGB, as its EXIF names it"
    assert close(jpeg, expected(COLOURS, "Adobe RGB", 563 / 256), within=12)  # JPEG loses some


def test_exif_that_names_srgb_changes_nothing() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0xA005: {1: "R98"}, 0xA001: 1})
    assert converted(saved("JPEG", exif=exif)).done == ""


def test_a_grey_image_with_a_grey_profile_is_converted() -> None:
    grey = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    profile = ImageCms.ImageCmsProfile(io.BytesIO(_grey_profile(1.8))).tobytes()
    out = io.BytesIO()
    grey.save(out, "PNG", icc_profile=profile)
    found = converted(out.getvalue())
    assert found.image.mode == "RGB"
    wanted = expected(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2), "sRGB", 1.8)
    assert close(found, wanted)


def _grey_profile(gamma: float) -> bytes:
    white = struct.pack(">3i", round(0.9642 * 65536), 65536, round(0.8249 * 65536))
    tags = {
        b"wtpt": b"XYZ \0\0\0\0" + white,
        b"kTRC": b"para\0\0\0\0\0\0\0\0" + struct.pack(">i", round(gamma * 65536)),
    }
    directory, body = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        directory += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(value))
        body += value
    size = 128 + len(directory) + len(body)
    head = struct.pack(">I4xI4s4s4s12x4s28x", size, 0x04400000, b"mntr", b"GRAY", b"XYZ ", b"acsp") + white
    return head.ljust(128, b"\0") + directory + body


@given(st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=30, deadline=None)
def test_any_colour_is_within_a_level_of_the_definition(colour: tuple[int, int, int]) -> None:
    pixels = np.array([[colour]], dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", icc_profile=matrix_profile(ADOBE_PRIMARIES, GAMMA_2_2))
    # Where sRGB's curve is steep, in the darkest colours, 8 bits of Adobe RGB leave two levels open.
    assert close(converted(out.getvalue()), expected(pixels, "Adobe RGB", 563 / 256), within=2)
