"""How large a perturbation is: what a reader wants to know beside what people saw of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels

# The window of Wang et al. 2004: Gaussian, 11 × 11 pixels.
WINDOW_SIGMA = 1.5
WINDOW_REACH = 5
SMALLEST_SIDE = 2 * WINDOW_REACH + 1
LEVELS = 255.0
# Rows that are measured at one time: what they need stays in a processor's cache.
STRIP = 64


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
    change = perturbed.astype(np.int32) - clean.astype(np.int32)
    squares = int(np.sum(change * change, dtype=np.int64))
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
    reaches beyond the image left out. Channels are measured one by one and averaged. Right to 10⁻⁶.

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
    inside = one.shape[0] - 2 * WINDOW_REACH
    total = 0.0
    for top in range(0, inside, STRIP):
        rows = slice(top, min(top + STRIP, inside) + 2 * WINDOW_REACH)
        total += _sum_of_similarities(one[rows], other[rows])
    return total / float(inside * (one.shape[1] - 2 * WINDOW_REACH) * one.shape[2])


def _sum_of_similarities(one: Pixels, other: Pixels) -> float:
    """Return the sum of the structural similarities of a strip's pixels and channels.

    With d = y − x the definition's two factors are 1 − d̄² / (x̄² + ȳ² + C₁) and
    1 − var(d) / (2 cov(x, y) + var(d) + C₂). So written, 32 bits are enough: what is small, the difference, is
    averaged as such. Whole levels are taken off beforehand, which changes no variance and keeps the squares small.
    """
    height, width, channels = one.shape
    x = one.reshape(height, -1).astype(np.float32)
    d = other.reshape(height, -1) - x
    level, shift = (np.rint(values.mean(axis=0).reshape(width, channels).mean(axis=0)) for values in (x, d))
    inside = width - 2 * WINDOW_REACH
    x -= np.tile(level, width)
    d -= np.tile(shift, width)
    mean_x, mean_d = _average(x, channels), _average(d, channels)
    variance_d = _average(d * d, channels) - mean_d * mean_d
    twice_covariance = 2 * (_average(x * (x + d), channels) - mean_x * (mean_x + mean_d))
    mean_x += np.tile(level, inside)
    mean_d += np.tile(shift, inside)
    c1, c2 = np.float32((0.01 * LEVELS) ** 2), np.float32((0.03 * LEVELS) ** 2)
    of_means = 1 - mean_d * mean_d / (mean_x * mean_x + np.square(mean_x + mean_d) + c1)
    of_variances = 1 - variance_d / (twice_covariance + variance_d + c2)
    return float(np.sum(of_means * of_variances, dtype=np.float64))


def _average(rows: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """Average over the Gaussian window, where it lies inside the image: first down, then across.

    Parameters
    ----------
    rows
        Array of shape (height, width · channels).

    Returns
    -------
    Array of shape (height − 10, (width − 10) · channels).
    """
    inside = len(rows) - 2 * WINDOW_REACH
    down = _weighted_sum([rows[place : place + inside] for place in range(2 * WINDOW_REACH + 1)])
    inside = rows.shape[1] - 2 * WINDOW_REACH * channels
    return _weighted_sum([down[:, (at := place * channels) : at + inside] for place in range(2 * WINDOW_REACH + 1)])


def _weighted_sum(shifted: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Add up equally large arrays, one for each place of the window."""
    total: NDArray[np.float32] = shifted[WINDOW_REACH] * WINDOW[WINDOW_REACH]
    pair = np.empty_like(total)
    for place in range(WINDOW_REACH):  # the window is the same both ways
        np.add(shifted[place], shifted[-1 - place], out=pair)
        pair *= WINDOW[place]
        total += pair
    return total


def _gaussian_window() -> NDArray[np.float32]:
    """Return the window's weights along one axis; they add up to 1."""
    reach = np.arange(-WINDOW_REACH, WINDOW_REACH + 1)
    weights = np.exp(-(reach**2) / (2 * WINDOW_SIGMA**2))
    window: NDArray[np.float32] = (weights / weights.sum()).astype(np.float32)
    return window


WINDOW = _gaussian_window()
