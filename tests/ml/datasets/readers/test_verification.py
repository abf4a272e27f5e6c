"""Every kind of bad image is refused with its reason; every usual one is taken."""

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from ml.datasets.readers.archive import RefusalKind, RefusedError
from ml.datasets.readers.verification import verify_image
from ml.datasets.reading_choices import ReadingChoices
from ml.images.colour_space import ADOBE_PRIMARIES, matrix_profile
from ml.images.pixels import decode
from tests.ml.factories import make_image_bytes, make_pixels


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format=form, **options)
    return out.getvalue()


def huge_png(side: int) -> bytes:
    """Return a PNG whose header says side × side, and whose pixels are all there: zeros, well packed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    packed = b"".join([packer.compress(row) for _ in range(side)]) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("form", "mode", "ending"),
    [
        ("JPEG", "RGB", ".jpg"),
        ("JPEG", "L", ".jpg"),
        ("PNG", "RGB", ".png"),
        ("PNG", "P", ".png"),
        ("PNG", "RGBA", ".png"),
        ("BMP", "RGB", ".bmp"),
        ("TIFF", "RGB", ".tif"),
        ("WEBP", "RGB", ".webp"),
    ],
)
def test_usual_images_are_taken(form: str, mode: str, ending: str) -> None:
    found = verify_image(make_image_bytes(form=form, mode=mode))
    assert (found.width, found.height, found.ending) == (24, 16, ending)


def test_size_is_that_of_the_upright_image() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    found = verify_image(saved(Image.fromarray(make_pixels()), "JPEG", exif=exif))
    assert (found.width, found.height) == (16, 24)


def test_photograph_with_frames_behind_it_is_taken() -> None:
    first, second = (Image.fromarray(make_pixels(seed)) for seed in (1, 2))
    assert verify_image(saved(first, "MPO", save_all=True, append_images=[second])).ending == ".jpg"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP", "TIFF", "WEBP"])
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_truncated_image_is_refused(form: str, kept: float) -> None:
    data = make_image_bytes(form=form, width=200, height=150)
    with pytest.raises(RefusedError) as caught:
        verify_image(data[: int(len(data) * kept)])
    assert caught.value.kind in {RefusalKind.DAMAGED, RefusalKind.NOT_AN_IMAGE}


@pytest.mark.parametrize(
    "data", [b"<html><body>404 not found</body></html>", b"\x00" * 500, b"GIF89a", b"%!PS-Adobe-3.0 EPSF-3.0\n"]
)
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        verify_image(data)
    assert caught.value.kind == RefusalKind.NOT_AN_IMAGE


@pytest.mark.parametrize("side", [30_000, 10_000, 7_200])
def test_huge_image_is_refused_without_decoding_it(side: int) -> None:
    # 7,200² is below and 10,000² above the size at which Pillow itself warns; 30,000² is where it refuses.
    data = huge_png(side)
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError, match="more than 50 million pixels") as caught:
            verify_image(data)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.kind == RefusalKind.TOO_LARGE


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_several_frames_are_refused(form: str) -> None:
    first, second = (Image.fromarray(make_pixels(seed)) for seed in (1, 2))
    with pytest.raises(RefusedError, match="several frames"):
        verify_image(saved(first, form, save_all=True, append_images=[second]))


def test_cmyk_is_refused() -> None:
    with pytest.raises(RefusedError, match="CMYK; convert it to 8-bit RGB"):
        verify_image(make_image_bytes(mode="CMYK"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_is_converted_is_stored_upright_as_what_is_not(orientation: int) -> None:
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    meant = make_pixels(width=40, height=20).copy()
    meant[:8, :8] = (250, 20, 20)
    lying = Image.fromarray(meant)
    lying = lying.transpose(turn[orientation]) if orientation in turn else lying
    exif = Image.Exif()
    exif[0x0112] = orientation
    profile = matrix_profile(ADOBE_PRIMARIES, (563 / 256, 1, 0, 0, 0))
    for form in ("PNG", "TIFF"):
        found = verify_image(saved(lying, form, exif=exif, icc_profile=profile))
        assert (found.width, found.height, found.ending) == (40, 20, ".png")
        corner = decode(found.data)[4, 4]
        assert corner[0] == 255
        assert max(corner[1:]) < 40
        assert decode(found.data).shape == (20, 40, 3)


def test_what_is_converted_is_stored_as_srgb_without_its_profile() -> None:
    profile = matrix_profile(ADOBE_PRIMARIES, (563 / 256, 1, 0, 0, 0))
    found = verify_image(saved(Image.fromarray(make_pixels()), "PNG", icc_profile=profile))
    assert found.conversion == "converted to sRGB from the ICC profile “without a name”"
    again = verify_image(found.data)
    assert (again.conversion, again.data) == ("", found.data)


def test_16_bits_are_brought_to_8_and_what_does_not_use_them_is_refused() -> None:
    ramp = np.linspace(0, 65535, 20 * 20).astype(np.uint16).reshape(20, 20)
    found = verify_image(saved(Image.fromarray(ramp), "PNG"))
    assert np.array_equal(decode(found.data)[..., 1], np.rint(ramp / 257))
    assert found.conversion == "brought from 16 to 8 bits, linearly from 0 to 65,535"
    dark = saved(Image.fromarray(ramp // 16), "PNG")
    with pytest.raises(RefusedError, match=r"does not seem to use its 16 bits.*--bits 12"):
        verify_image(dark)
    assert verify_image(dark, ReadingChoices(bits=12)).conversion.startswith("brought from 12 to 8 bits")


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_masks_are_refused(mode: str) -> None:
    mask = np.zeros((20, 30), dtype=np.uint8)
    mask[5:15, 5:25] = 255
    with pytest.raises(RefusedError, match="two colours only, as a mask has"):
        verify_image(saved(Image.fromarray(mask).convert(mode), "PNG"))


def test_a_picture_of_nothing_is_refused() -> None:
    with pytest.raises(RefusedError, match="one colour: it shows nothing"):
        verify_image(saved(Image.fromarray(np.full((20, 20, 3), 7, dtype=np.uint8)), "PNG"))


def test_what_is_too_small_is_refused_by_its_shorter_side() -> None:
    data = make_image_bytes(width=200, height=15)
    with pytest.raises(RefusedError, match="200 × 15 pixels; the least side is 16"):
        verify_image(data)
    assert verify_image(data, ReadingChoices(least_side=15)).height == 15


def test_see_through_image_is_refused() -> None:
    image = Image.fromarray(make_pixels()).convert("RGBA")
    image.putpixel((3, 3), (1, 2, 3, 100))
    with pytest.raises(RefusedError, match="see-through"):
        verify_image(saved(image, "PNG"))
