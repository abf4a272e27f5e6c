"""The one path that every image takes: decode, resize, quantise to 8 bits, encode, strip.

Clean and perturbed images go through the very same functions, so that nothing but the attack tells them apart.
"""

import io
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Pixels = NDArray[np.uint8]

FITS = ("crop", "pad", "squeeze")
"""How an image that is not square is made so."""


def decode(data: bytes) -> Pixels:
    """Decode an image file to RGB pixels, turned upright as its EXIF says.

    Parameters
    ----------
    data
        The bytes of a JPEG, PNG, or any format that Pillow reads.

    Returns
    -------
    uint8 array of shape (height, width, 3), values 0–255.

    Raises
    ------
    OSError, ValueError
        Not an image, truncated, or too large (Pillow's own errors).
    """
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image)
        return np.asarray(upright.convert("RGB"), dtype=np.uint8)


def to_square(pixels: Pixels, size: int, fit: str = "squeeze") -> Pixels:
    """Resize to `size` × `size` pixels, by Lanczos with antialiasing.

    Parameters
    ----------
    pixels
        uint8 array of shape (height, width, 3).
    size
        Side, in pixels.
    fit
        What becomes of an image that is not square: `crop` takes the square in its middle; `pad` adds black at both
        ends of the shorter side; `squeeze` does not keep the aspect, as the paper does.

    Returns
    -------
    uint8 array of shape (size, size, 3).

    Raises
    ------
    ValueError
        `fit` is none of the three.
    """
    pixels = _fitted(pixels, fit)
    if pixels.shape == (size, size, 3):
        return np.ascontiguousarray(pixels)
    resized = Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(resized, dtype=np.uint8)


def mask_to_square(mask: NDArray[np.bool_], size: int, fit: str = "squeeze") -> NDArray[np.bool_]:
    """Bring a mask of an image to where `to_square` brings the image, by the nearest neighbour: no pixel becomes grey.

    Parameters
    ----------
    mask
        bool array of shape (height, width), of the image's pixels.
    size, fit
        As the image's; what `pad` adds is in no mask.

    Returns
    -------
    bool array of shape (size, size).

    Raises
    ------
    ValueError
        `fit` is none of the three.
    """
    levels = _fitted(mask.astype(np.uint8), fit)
    if levels.shape != (size, size):
        levels = np.asarray(Image.fromarray(levels).resize((size, size), Image.Resampling.NEAREST))
    return levels.astype(bool)


def _fitted(pixels: Pixels, fit: str) -> Pixels:
    """Return an image, of shape (height, width, …), with the crop or the border that makes it square, not resized."""
    if fit not in FITS:
        raise ValueError(f"an image is made square by {', '.join(FITS)}, not {fit!r}")
    height, width = pixels.shape[:2]
    if fit == "crop":
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        return pixels[top : top + side, left : left + side]
    if fit == "pad":
        side = max(height, width)
        missing = [(rest // 2, rest - rest // 2) for rest in (side - height, side - width)]
        return np.pad(pixels, [*missing, *[(0, 0)] * (pixels.ndim - 2)])
    return pixels


def quantise(values: NDArray[np.float32]) -> Pixels:
    """Turn values in [0, 1] into 8-bit levels: clip, scale by 255, round half to even."""
    levels: Pixels = np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)
    return levels


def encode_png(pixels: Pixels, *, compress_level: int = 6) -> bytes:
    """Encode as PNG without any metadata.

    With `compress_level=0` the length depends on the image's size alone: nothing in the bytes' number tells one
    image from another of the same size.
    """
    if not 0 <= compress_level <= zlib.Z_BEST_COMPRESSION:
        raise ValueError(f"compress_level is 0 to 9, not {compress_level}")
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG", compress_level=compress_level)
    return out.getvalue()


def encode_mask(mask: NDArray[np.bool_]) -> bytes:
    """Encode a mask, of shape (height, width), as a grey PNG: white where it is true, black elsewhere."""
    out = io.BytesIO()
    Image.fromarray(np.where(mask, 255, 0).astype(np.uint8)).save(out, format="PNG")
    return out.getvalue()
