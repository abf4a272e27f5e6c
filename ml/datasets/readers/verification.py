"""Whether the bytes of a file are an image that this program can use, found out by really decoding it."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from ml.datasets.readers.archive import RefusalKind, RefusedError
from ml.images import pixels

# A larger image is refused from its header, before anything is decoded. Dermatoscopic cameras have up to 24
# megapixels; 50 megapixels decode to 150 MB.
MAX_PIXELS = 50_000_000

# The endings that count as images, and the formats that Pillow may try: nothing that runs another program.
ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})
_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
# MPO is a JPEG with further frames behind the photograph: Pillow finds it while it reads JPEG.
_ENDING_OF_FORMAT = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "BMP": ".bmp", "TIFF": ".tif", "WEBP": ".webp"}
_EIGHT_BIT_MODES = frozenset({"1", "L", "P", "RGB"})
_MODES_WITH_ALPHA = frozenset({"LA", "PA", "RGBA"})


@dataclass(frozen=True, slots=True)
class VerifiedImage:
    """What decoding found.

    Attributes
    ----------
    width, height
        In pixels, upright as the EXIF says.
    ending
        Of the true format, with its dot, whatever the file is called.
    """

    width: int
    height: int
    ending: str


def verify_image(data: bytes) -> VerifiedImage:
    """Decode an image file, or say what is wrong with it.

    Raises
    ------
    RefusedError
        Not an image; truncated or damaged; more than `MAX_PIXELS`; animated; CMYK, 16 bits, or see-through, which
        have no one meaning as 8-bit RGB.
    """
    with warnings.catch_warnings():
        # Pillow warns of what is decided here (too many pixels) and of EXIF that does not matter.
        warnings.simplefilter("ignore")
        try:
            ending = _check_header(data)
            decoded = pixels.decode(data)
        except RefusedError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except UnidentifiedImageError as error:
            reason = "in no format that is read (JPEG, PNG, BMP, TIFF, WebP)"
            raise RefusedError(RefusalKind.NOT_AN_IMAGE, reason) from error
        except Exception as error:  # a damaged file can raise anything from within a decoder
            reason = f"it does not decode: {error}"
            raise RefusedError(RefusalKind.DAMAGED, reason) from error
    height, width, _ = decoded.shape
    return VerifiedImage(width=width, height=height, ending=ending)


def _check_header(data: bytes) -> str:
    """Judge by the header; nothing but an alpha channel is decoded. Return the ending of the true format."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
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
        elif image.mode not in _EIGHT_BIT_MODES:
            reason = f"its colours are {image.mode}; convert it to 8-bit RGB first (a conversion here would guess)"
            raise RefusedError(RefusalKind.UNFIT, reason)
        return _ENDING_OF_FORMAT[str(image.format)]


def _too_large() -> RefusedError:
    reason = f"more than {MAX_PIXELS // 10**6} million pixels; refused from its header, without decoding it"
    return RefusedError(RefusalKind.TOO_LARGE, reason)
