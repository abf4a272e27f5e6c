"""What happens to an image on its way to others: compression, resizing, a photograph of the screen."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from ml.images.pixels import Pixels, decode

Degrade = Callable[[Pixels], Pixels]


@dataclass(frozen=True, slots=True)
class Degradation:
    """One thing that is done to an image, of any size; what comes out is of the same size, in 8 bits."""

    key: str
    name: str
    """For people."""
    apply: Degrade


def as_saved(pixels: Pixels) -> Pixels:
    """Leave the image as it is."""
    return pixels


def compressed(quality: int, *, subsampling: str = "4:2:0") -> Degrade:
    """Return the function that saves an image as JPEG and reads it again, colour at half the resolution by default."""

    def apply(pixels: Pixels) -> Pixels:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, format="JPEG", quality=quality, subsampling=subsampling)
        return decode(out.getvalue())

    return apply


def resized(share: float) -> Degrade:
    """Return the function that shrinks an image's sides to a share and enlarges them again (bicubic, antialiased)."""

    def apply(pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        smaller = (max(1, round(share * width)), max(1, round(share * height)))
        image = Image.fromarray(pixels).resize(smaller, Image.Resampling.BICUBIC)
        return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC), dtype=np.uint8)

    return apply


def blurred(sigma: float) -> Degrade:
    """Return the function that blurs by a Gaussian of that standard deviation, in pixels."""

    def apply(pixels: Pixels) -> Pixels:
        values = gaussian_filter(pixels.astype(np.float32), sigma=(sigma, sigma, 0))
        levels: Pixels = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
        return levels

    return apply


def _one_after_the_other(*steps: Degrade) -> Degrade:
    def apply(pixels: Pixels) -> Pixels:
        for step in steps:
            pixels = step(pixels)
        return pixels

    return apply


AS_SAVED = Degradation("as_saved", "as saved", as_saved)

DEGRADATIONS: tuple[Degradation, ...] = (
    AS_SAVED,
    Degradation("jpeg_95", "JPEG, quality 95", compressed(95)),
    Degradation("jpeg_90", "JPEG, quality 90", compressed(90)),
    Degradation("jpeg_75", "JPEG, quality 75", compressed(75)),
    Degradation("resized_90", "resized to 90% and back", resized(0.9)),
    Degradation("resized_50", "resized to half and back", resized(0.5)),
    Degradation("blurred_0.5", "blurred, σ 0.5 pixels", blurred(0.5)),
    Degradation("blurred_1", "blurred, σ 1 pixel", blurred(1.0)),
    Degradation(
        "photographed",
        "photographed from the screen: blurred, σ 1 pixel, then JPEG 90",
        _one_after_the_other(blurred(1.0), compressed(90)),
    ),
)
