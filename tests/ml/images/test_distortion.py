"""Sizes of a change, against scikit-image 0.26.0.

Its `structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, channel_axis=2,
data_range=255)` and `peak_signal_noise_ratio`, on the arrays below.
"""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ml.images.distortion import STRIP, measure_perturbation, structural_similarity
from ml.images.pixels import Pixels


def pictures() -> list[tuple[Pixels, Pixels]]:
    random = np.random.default_rng(7)
    noise = random.integers(0, 256, (24, 20, 3), dtype=np.uint8)
    change = random.integers(-6, 7, noise.shape)
    y, x = np.mgrid[0:24, 0:20]
    ramp = np.stack([y * 8, x * 10, (x + y) * 4], 2).astype(np.uint8)
    return [(one, np.clip(one.astype(int) + change, 0, 255).astype(np.uint8)) for one in (noise, ramp)]


@pytest.mark.parametrize(
    ("which", "ssim", "psnr", "l2"),
    [
        (0, 0.9985507748893467, 36.82545576640594, 139.4596715900335),
        (1, 0.9557141219015576, 36.83909841912438, 139.24079861879562),
    ],
)
def test_scikit_image_agrees(which: int, ssim: float, psnr: float, l2: float) -> None:
    size = measure_perturbation(*pictures()[which])

    assert size.ssim == pytest.approx(ssim, abs=1e-6)
    assert size.psnr == pytest.approx(psnr)
    assert size.l2 == pytest.approx(l2)
    assert size.linf == 6


def test_equal_images_have_no_finite_psnr() -> None:
    image = pictures()[0][0]

    size = measure_perturbation(image, image)

    assert (size.linf, size.l2, size.psnr) == (0, 0, None)
    assert size.ssim == pytest.approx(1)


def test_what_cannot_be_measured_is_refused() -> None:
    image = pictures()[0][0]

    with pytest.raises(ValueError, match="different shapes"):
        measure_perturbation(image, image[:12])
    with pytest.raises(ValueError, match="at least 11 pixels"):
        measure_perturbation(image[:10], image[:10])


def similarity_by_the_definition(one: Pixels, other: Pixels) -> float:
    """Return SSIM in 64 bits, as it is written down in Wang et al. 2004."""

    def average(values: NDArray[np.float64]) -> NDArray[np.float64]:
        blurred: NDArray[np.float64] = gaussian_filter(values, sigma=(1.5, 1.5, 0), radius=(5, 5, 0))
        return blurred[5:-5, 5:-5]

    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = average(x), average(y)
    variance_x, variance_y = average(x * x) - mean_x**2, average(y * y) - mean_y**2
    covariance = average(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similarity = ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)) / (
        (mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)
    )
    return float(similarity.mean())


def flat_with_dark_corners() -> Pixels:
    """Return what costs digits: large plain areas, far from the mean, as a dermatoscope's rim leaves them."""
    image = np.full((2 * STRIP + 17, STRIP + 40, 3), (220, 160, 140), dtype=np.uint8)
    image[: STRIP + 9, :30] = 0
    return image


@pytest.mark.parametrize("change", [1, 8, 100])
@pytest.mark.parametrize("inverted", [False, True])
def test_thirty_two_bits_are_enough(change: int, inverted: bool) -> None:
    clean = flat_with_dark_corners()
    steps = np.random.default_rng(change).integers(-change, change + 1, clean.shape)
    other = np.clip(clean.astype(int) + steps, 0, 255).astype(np.uint8)
    perturbed = 255 - other if inverted else other

    assert structural_similarity(clean, perturbed) == pytest.approx(
        similarity_by_the_definition(clean, perturbed), abs=1e-6
    )
