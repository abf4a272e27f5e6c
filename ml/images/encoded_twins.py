"""The clean and the perturbed image of a pair as files: both encoded by the same steps, hashed, the change measured."""

import hashlib
from dataclasses import dataclass
from typing import TypedDict

from ml.images.distortion import measure_perturbation
from ml.images.fast_png import encode_png_quickly
from ml.images.pixels import Pixels


class TwinFacts(TypedDict):
    """What is kept of two files beside their names, as JSON."""

    clean_sha256: str
    perturbed_sha256: str
    linf: int
    l2: float
    psnr: float | None
    ssim: float


@dataclass(frozen=True, slots=True)
class EncodedTwins:
    """Two PNG files, and what is kept of them."""

    clean: bytes
    perturbed: bytes
    facts: TwinFacts


def encode_twins(clean: Pixels, perturbed: Pixels) -> EncodedTwins:
    """Encode both images. PNG loses nothing: what is measured is what the files hold.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (side, side, 3), as `measure_perturbation` takes them.
    """
    files = encode_png_quickly(clean), encode_png_quickly(perturbed)
    measured = measure_perturbation(clean, perturbed)
    return EncodedTwins(
        *files,
        facts=TwinFacts(
            clean_sha256=hashlib.sha256(files[0]).hexdigest(),
            perturbed_sha256=hashlib.sha256(files[1]).hexdigest(),
            linf=measured.linf,
            l2=measured.l2,
            psnr=measured.psnr,
            ssim=measured.ssim,
        ),
    )
