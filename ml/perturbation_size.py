"""How large a perturbation is: what a reader wants to know beside what people saw of it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ml.pixels import Pixels

# The window of Wang et al. 2004: Gaussian, 11 × 11 pixels.
WINDOW_SIGMA = 1.5
WINDOW_REACH = 5
SMALLEST_SIDE = 2 * WINDOW_REACH + 1
LEVELS = 255.0


@dataclass(frozen=True, slots=True)
class PerturbationSize:
    """The difference between two 8-bit images."""

    linf: int
    """Largest change of a pixel channel, levels."""
    l2: float
    """Root of the summed squared change over all pixels and channels, levels."""
    psnr: float | None
    """Peak signal-to-noise ratio, dB; None where the images are equal (it is infinite)."""
    ssim: float
    """Structural similarity, at most 1."""


def measure_perturbation(clean: Pixels, perturbed: Pixels) -> PerturbationSize:
    """Measure the change from one 8-bit image to the other.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (height, width, 3), at least 11 pixels a side.

    Raises
    ------
    ValueError
        The shapes differ, or a side is shorter than the window of SSIM.

    Notes
    -----
    PSNR = 10 log₁₀(255² / mean squared change).
    """
    if clean.shape != perturbed.shape:
        raise ValueError(f"the images have different shapes: {clean.shape} and {perturbed.shape}")
    change = perturbed.astype(np.int64) - clean.astype(np.int64)
    squares = int(np.sum(change * change))
    return PerturbationSize(
        linf=int(np.max(np.abs(change))),
        l2=math.sqrt(squares),
        psnr=10 * math.log10(LEVELS**2 * change.size / squares) if squares else None,
        ssim=structural_similarity(clean, perturbed),
    )


def structural_similarity(one: Pixels, other: Pixels) -> float:
    """Return the mean structural similarity of two 8-bit images, over pixels and channels.

    Wang, Bovik, Sheikh, Simoncelli 2004, "Image quality assessment: from error visibility to structural
    similarity": Gaussian window (σ 1.5, 11 × 11), K₁ 0.01, K₂ 0.03, population covariances, pixels whose window
    reaches beyond the image left out. Channels are measured one by one and averaged.

    Parameters
    ----------
    one, other
        uint8 arrays of one shape (height, width, channels), at least 11 pixels a side.

    Returns
    -------
    1 for equal images; at least −1.

    Raises
    ------
    ValueError
        A side is shorter than the window.
    """
    if min(one.shape[:2]) < SMALLEST_SIDE:
        raise ValueError(f"SSIM needs at least {SMALLEST_SIDE} pixels a side, not {min(one.shape[:2])}")
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _blur(x), _blur(y)
    variance_x = _blur(x * x) - mean_x**2
    variance_y = _blur(y * y) - mean_y**2
    covariance = _blur(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * LEVELS) ** 2, (0.03 * LEVELS) ** 2
    similarity = ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)) / (
        (mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)
    )
    inside = slice(WINDOW_REACH, -WINDOW_REACH)
    return float(np.mean(similarity[inside, inside]))


def _blur(values: NDArray[np.float64]) -> NDArray[np.float64]:
    blurred: NDArray[np.float64] = gaussian_filter(
        values, sigma=(WINDOW_SIGMA, WINDOW_SIGMA, 0), radius=(WINDOW_REACH, WINDOW_REACH, 0)
    )
    return blurred
