"""Sizes of a change, against scikit-image 0.26.0.

Its `structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, channel_axis=2,
data_range=255)` and `peak_signal_noise_ratio`, on the arrays below.
"""

import numpy as np
import pytest

from ml.perturbation_size import measure_perturbation
from ml.pixels import Pixels


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

    assert size.ssim == pytest.approx(ssim, abs=1e-9)
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
