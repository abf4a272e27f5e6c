"""What the pixels of twins went through on one side alone is refused by name, or made equal as it is chosen."""

import io
from pathlib import PurePosixPath

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageCms

from ml.datasets.readers.archive import RefusalKind, RefusedError
from ml.datasets.readers.files import ArchiveFile
from ml.datasets.reading_choices import ReadingChoices
from ml.errors import MlError
from ml.images.colour_space import ADOBE_PRIMARIES, matrix_profile
from ml.images.pixels import Pixels, decode
from ml.pairs.elsewhere.side_channels import Equalisation
from ml.pairs.elsewhere.twin_pixels import ReadTwins, read_twin_files, squared
from ml.pairs.elsewhere.twins import TwinFiles
from tests.ml.pairs.elsewhere.twins_on_disk import clean_pixels, perturbed_pixels

ADOBE = matrix_profile(ADOBE_PRIMARIES, (563 / 256, 1, 0, 0, 0))
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
CLEAN, PERTURBED = clean_pixels(1), perturbed_pixels(1)


def encoded(pixels: Pixels, form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    PillowImage.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


def deep(pixels: Pixels) -> bytes:
    """Return a PNG of 16 bits of the same levels, grey."""
    out = io.BytesIO()
    PillowImage.fromarray(pixels[..., 0].astype(np.uint16) * 257).save(out, "PNG")
    return out.getvalue()


def palette(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    PillowImage.fromarray(pixels).quantize(64).save(out, "PNG")
    return out.getvalue()


def turned(pixels: Pixels) -> bytes:
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    return encoded(pixels, exif=exif.tobytes())


def read(clean: bytes, perturbed: bytes, **chosen: object) -> ReadTwins:
    def file(name: str, data: bytes) -> ArchiveFile:
        return ArchiveFile(PurePosixPath(name), len(data), lambda: io.BytesIO(data))

    twin = TwinFiles(name="a", clean=file("clean/a", clean), perturbed=file("perturbed/a", perturbed))
    return read_twin_files(twin, ReadingChoices(), Equalisation(**chosen))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clean", "perturbed", "words"),
    [
        (encoded(CLEAN, "JPEG"), encoded(PERTURBED), "the clean one is JPEG, the perturbed one lossless"),
        (encoded(CLEAN), encoded(PERTURBED, "JPEG"), "the clean one is lossless, the perturbed one JPEG"),
        (
            encoded(CLEAN, "JPEG", quality=90),
            encoded(PERTURBED, "JPEG", quality=80),
            "both are JPEG, compressed otherwise",
        ),
        (
            encoded(CLEAN, "JPEG", quality=90, subsampling=0),
            encoded(PERTURBED, "JPEG", quality=90, subsampling=2),
            "both are JPEG, compressed otherwise",
        ),
        (encoded(CLEAN), encoded(PERTURBED, "WEBP"), "the perturbed one WebP"),
        (encoded(CLEAN), encoded(PERTURBED, "TIFF", compression="jpeg"), "the perturbed one JPEG-in-TIFF"),
        (encoded(CLEAN, icc_profile=ADOBE), encoded(PERTURBED), "different things of their colours"),
        (encoded(CLEAN), encoded(PERTURBED, icc_profile=ADOBE), "different things of their colours"),
        (deep(CLEAN), encoded(PERTURBED), "the clean one are kept in 16 bits, those of the perturbed one in 8 bits"),
        (encoded(CLEAN), palette(PERTURBED), "those of the perturbed one in a palette"),
        (encoded(CLEAN), encoded(perturbed_pixels(1, side=32)), "has 24 × 24 pixels, the perturbed one 32 × 32"),
        (turned(CLEAN), encoded(PERTURBED), "EXIF says of one that it is to be turned"),
    ],
    ids=[
        *("clean JPEG", "perturbed JPEG", "JPEG tables", "JPEG sampling", "WebP", "TIFF of JPEG", "clean profile"),
        *("perturbed profile", "16 bits", "palette", "size", "turned"),
    ],
)
def test_what_would_tell_twins_apart_is_refused_by_name_with_a_remedy(
    clean: bytes, perturbed: bytes, words: str
) -> None:
    with pytest.raises(RefusedError, match=words) as caught:
        read(clean, perturbed)
    assert caught.value.kind == RefusalKind.SIDE_CHANNEL
    assert caught.value.reason.split(words)[1].strip(": ")


@pytest.mark.parametrize("which", ["size", "turned"])
def test_no_choice_takes_twins_that_are_not_congruent(which: str) -> None:
    other = encoded(perturbed_pixels(1, side=32)) if which == "size" else turned(PERTURBED)
    with pytest.raises(RefusedError):
        read(encoded(CLEAN), other, compression="jpeg", colours="each", depth="eight")


@pytest.mark.parametrize(
    ("clean", "perturbed", "closed"),
    [
        (encoded(CLEAN), encoded(PERTURBED), ()),
        (encoded(CLEAN), encoded(PERTURBED, "BMP"), ("the format of the file",)),
        (encoded(CLEAN), encoded(PERTURBED, "WEBP", lossless=True), ("the format of the file",)),
        (encoded(CLEAN, icc_profile=SRGB), encoded(PERTURBED), ("metadata",)),
        (encoded(CLEAN, compress_level=9), encoded(PERTURBED, compress_level=1), ()),
    ],
    ids=["same", "BMP", "lossless WebP", "sRGB profile", "compression level"],
)
def test_what_encoding_anew_closes_is_taken_with_its_very_pixels(
    clean: bytes, perturbed: bytes, closed: tuple[str, ...]
) -> None:
    twins = read(clean, perturbed)

    np.testing.assert_array_equal(twins.clean, CLEAN)
    np.testing.assert_array_equal(twins.perturbed, PERTURBED)
    assert (twins.channels, set(twins.closed) - {"metadata"}) == ((), set(closed) - {"metadata"})


def test_a_jpeg_and_what_was_made_from_it_are_taken_as_they_decode() -> None:
    jpeg = encoded(CLEAN, "JPEG", quality=80)
    decoded = decode(jpeg)
    perturbed = np.clip(decoded.astype(int) + 3, 0, 255).astype(np.uint8)

    twins = read(jpeg, encoded(perturbed), compression="decoded")

    np.testing.assert_array_equal(twins.clean, decoded)
    np.testing.assert_array_equal(twins.perturbed, perturbed)
    assert [channel.taken for channel in twins.channels] == ["both are taken as they decode"]


def test_one_jpeg_for_all_is_the_same_function_of_the_pixels_of_either_twin() -> None:
    chosen = Equalisation(compression="jpeg", quality=90)

    def stored(pixels: Pixels) -> Pixels:
        return squared(pixels, size=24, fit="crop", chosen=chosen)

    twins = read(encoded(CLEAN, "JPEG"), encoded(CLEAN), compression="jpeg", quality=90)
    through = stored(twins.perturbed)
    assert not np.array_equal(through, CLEAN), "it is compressed"
    np.testing.assert_array_equal(through, decode(encoded(CLEAN, "JPEG", quality=90, subsampling=0)))
    np.testing.assert_array_equal(stored(CLEAN), through)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_the_clean_ones_profile_may_hold_for_both(form: str) -> None:
    """As where a program perturbs the levels of an image, and saves them without its profile."""
    chosen: dict[str, object] = {"compression": "decoded", "colours": "clean"}
    clean = encoded(CLEAN, form, icc_profile=ADOBE)
    levels = decode(clean)
    same = read(clean, encoded(levels), **chosen)
    np.testing.assert_array_equal(same.clean, same.perturbed)
    assert not np.array_equal(same.clean, levels), "the profile was applied"
    assert "holds for both" in same.channels[-1].taken

    each = read(clean, encoded(levels), **chosen | {"colours": "each"})
    np.testing.assert_array_equal(each.clean, same.clean)
    np.testing.assert_array_equal(each.perturbed, levels)


def test_a_profile_on_the_perturbed_side_alone_is_dropped_where_the_clean_one_holds() -> None:
    twins = read(encoded(CLEAN), encoded(PERTURBED, icc_profile=ADOBE), colours="clean")
    np.testing.assert_array_equal(twins.perturbed, PERTURBED)


def test_other_depths_are_brought_to_eight_bits_by_one_rule() -> None:
    twins = read(deep(CLEAN), encoded(PERTURBED[..., :1].repeat(3, axis=2)), depth="eight")
    np.testing.assert_array_equal(twins.clean, CLEAN[..., :1].repeat(3, axis=2))
    assert [channel.taken for channel in twins.channels] == ["both are brought to 8 bits"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compression": "png"}, "--compression"),
        ({"colours": "x"}, "--colours"),
        ({"depth": "16"}, "--depth"),
        ({"quality": 0}, "--quality"),
    ],
)
def test_what_is_no_choice_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(MlError, match=message):
        Equalisation(**options).check()  # type: ignore[arg-type]


def test_which_twin_is_damaged_is_said() -> None:
    with pytest.raises(RefusedError, match="the perturbed one: "):
        read(encoded(CLEAN), encoded(PERTURBED)[:200])
