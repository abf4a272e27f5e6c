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


def test_16_bits_are_refused() -> None:
    grey = Image.fromarray(np.full((8, 8), 40_000, dtype=np.uint16))
    with pytest.raises(RefusedError, match="convert it to 8-bit RGB"):
        verify_image(saved(grey, "PNG"))


def test_see_through_image_is_refused() -> None:
    image = Image.fromarray(make_pixels()).convert("RGBA")
    image.putpixel((3, 3), (1, 2, 3, 100))
    with pytest.raises(RefusedError, match="see-through"):
        verify_image(saved(image, "PNG"))
