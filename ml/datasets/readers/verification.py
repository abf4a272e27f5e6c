"""Whether the bytes of a file are an image that this program can use, found out by really decoding it.

What is stored is 8-bit sRGB: a file that is so already is kept as it came, any other is converted here, once, by
stated rules. So classifier, attack, observer and whoever exports the images see the same pixels.
"""

import io
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ml.datasets.readers.archive import RefusalKind, RefusedError
from ml.datasets.readers.dicom import is_dicom, read_dicom
from ml.datasets.reading_choices import ReadingChoices
from ml.images import pixels
from ml.images.colour_space import UnfitColoursError, as_stated_by, to_srgb
from ml.images.deep_levels import GREY_MODES, UnfitLevelsError, bits_of, to_eight_bits

# A larger image is refused from its header, before anything is decoded. Dermatoscopic cameras have up to 24
# megapixels; 50 megapixels decode to 150 MB.
MAX_PIXELS = 50_000_000

# The endings that count as images, and the formats that Pillow may try: nothing that runs another program.
ENDINGS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".tif", ".tiff", ".webp", ".dcm", ".dicom"})
# A library's message is quoted at this length.
LONGEST_QUOTED = 200
FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
# MPO is a JPEG with further frames behind the photograph: Pillow finds it while it reads JPEG.
_ENDING_OF_FORMAT = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "BMP": ".bmp", "TIFF": ".tif", "WEBP": ".webp"}
_EIGHT_BIT_MODES = frozenset({"L", "P", "RGB"})
_MODES_WITH_ALPHA = frozenset({"LA", "PA", "RGBA"})
AS_STATED_BY_ANOTHER = "read as sRGB, whatever it says of its colours"
_MASK = "it has two colours only, as a mask has: an outline of the lesion, not a picture of it; keep masks elsewhere"


@dataclass(frozen=True, slots=True)
class VerifiedImage:
    """What decoding found.

    Attributes
    ----------
    width, height
        In pixels, upright as the EXIF says.
    ending
        Of the format of `data`, with its dot, whatever the file is called.
    data
        What is to be stored: the file as it came, or, where `conversion` says what was done, a PNG in 8-bit sRGB.
    conversion
        In words; empty where nothing was done.
    """

    width: int
    height: int
    ending: str
    data: bytes
    conversion: str


def verify_image(
    data: bytes, choices: ReadingChoices | None = None, *, colours_of: bytes | None = None
) -> VerifiedImage:
    """Decode an image file and bring it to 8-bit sRGB, or say what is wrong with it.

    Parameters
    ----------
    data
        The bytes of a file.
    choices
        How small an image may be, and how many bits the levels of 16-bit images have.
    colours_of
        The bytes of another file, as whose its levels are meant, whatever this one says; DICOM always says it itself.

    Raises
    ------
    RefusedError
        Not an image; truncated or damaged; more than `MAX_PIXELS`, or too small; animated; CMYK, or see-through, which
        have no one meaning as 8-bit RGB; of more than 8 bits and not using them; of two colours, as a mask is.
    """
    chosen = choices or ReadingChoices()
    with warnings.catch_warnings():
        # Pillow warns of what is decided here (too many pixels) and of EXIF that does not matter.
        warnings.simplefilter("ignore")
        try:
            return _verified_dicom(data, chosen) if is_dicom(data) else _verified(data, chosen, colours_of)
        except RefusedError:
            raise
        except (UnfitColoursError, UnfitLevelsError) as error:
            raise RefusedError(RefusalKind.UNFIT, str(error)) from error
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except UnidentifiedImageError as error:
            reason = "in no format that is read (JPEG, PNG, BMP, TIFF, WebP, DICOM)"
            raise RefusedError(RefusalKind.NOT_AN_IMAGE, reason) from error
        except Exception as error:  # a damaged file can raise anything from within a decoder
            reason = f"it does not decode: {str(error)[:LONGEST_QUOTED]}"
            raise RefusedError(RefusalKind.DAMAGED, reason) from error


def _verified(data: bytes, choices: ReadingChoices, colours_of: bytes | None) -> VerifiedImage:
    ending = _check_header(data)
    with Image.open(io.BytesIO(data)) as opened:
        image: Image.Image = opened
        done = []
        if (bits := bits_of(opened, data)) > 8:
            eight = to_eight_bits(data, bits=bits, said=choices.bits)
            image = eight.image
            done.append(eight.done)
        upright = ImageOps.exif_transpose(image)
        if colours_of is None:
            in_srgb = to_srgb(upright, data)
        else:
            in_srgb = to_srgb(as_stated_by(upright, colours_of), colours_of)
    done += [in_srgb.done] if in_srgb.done else []
    if colours_of is not None and not done:
        done.append(AS_STATED_BY_ANOTHER)  # kept as it came, it would be read by what it says itself
    return _taken(in_srgb.image, data, ending, "; ".join(done), choices)


def _verified_dicom(data: bytes, choices: ReadingChoices) -> VerifiedImage:
    found = read_dicom(data, most_pixels=MAX_PIXELS)
    return _taken(found.image.convert("RGB"), data, ".png", found.done, choices)


def _taken(image: Image.Image, data: bytes, ending: str, conversion: str, choices: ReadingChoices) -> VerifiedImage:
    """Judge the picture itself; keep the file, or what it was converted to."""
    if min(image.size) < choices.least_side:
        reason = f"{image.width} × {image.height} pixels; the least side is {choices.least_side} (--least-side)"
        raise RefusedError(RefusalKind.UNFIT, reason)
    colours = image.getcolors(maxcolors=2)
    if colours is not None:
        reason = _MASK if len(colours) == 2 else "all its pixels have one colour: it shows nothing"
        raise RefusedError(RefusalKind.UNFIT, reason)
    if conversion:
        ending, data = ".png", pixels.encode_png(np.asarray(image, dtype=np.uint8))
    return VerifiedImage(image.width, image.height, ending, data, conversion)


def _check_header(data: bytes) -> str:
    """Judge by the header; nothing but an alpha channel is decoded. Return the ending of the true format."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        # An MPO's further frames are thumbnails or depth of the same shot; Pillow reads its first, the photograph.
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            reason = "several frames (animated, or several pages); save the one that is meant"
            raise RefusedError(RefusalKind.UNFIT, reason)
        if image.mode in _MODES_WITH_ALPHA or "transparency" in image.info:
            alpha = image.convert("RGBA").getchannel("A")
            if alpha.getextrema()[0] != 255:
                raise RefusedError(RefusalKind.UNFIT, "see-through in places; save it without transparency")
        elif image.mode == "1":
            raise RefusedError(RefusalKind.UNFIT, _MASK)
        elif image.mode not in _EIGHT_BIT_MODES | GREY_MODES:
            reason = f"its colours are {image.mode}; convert it to 8-bit RGB first (a conversion here would guess)"
            raise RefusedError(RefusalKind.UNFIT, reason)
        return _ENDING_OF_FORMAT[str(image.format)]


def _too_large() -> RefusedError:
    reason = f"more than {MAX_PIXELS // 10**6} million pixels; refused from its header, without decoding it"
    return RefusedError(RefusalKind.TOO_LARGE, reason)
