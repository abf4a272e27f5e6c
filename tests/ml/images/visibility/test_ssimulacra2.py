"""SSIMULACRA2, against rust-av/ssimulacra2 0.5.1, the port of the published program to which its authors refer.

Its scores of the pictures below were computed once, from linear light, with the crate's own blur, scales, errors and
weights. It computes in 32 bits, in which the small variances of a plain picture lose digits: hence the tolerance.
"""

import numpy as np
import pytest

from ml.images.visibility.ssimulacra2 import BLUR, SMALLEST_SIDE, ssimulacra2
from tests.ml.images.visibility.pictures import picture

OF_THE_PORT = [
    (224, 224, "noise", 91.46),
    (224, 224, "smooth", 55.59),
    (224, 224, "blur", 75.29),
    (224, 224, "block", 2.58),
    (256, 256, "noise", 91.60),
    (256, 256, "smooth", 55.14),
    (113, 113, "noise", 86.37),
    (113, 113, "smooth", 64.35),
    (113, 113, "blur", 74.48),
    (113, 113, "block", -34.52),
    (150, 131, "noise", 89.33),
    (150, 131, "smooth", 61.92),
    (150, 131, "blur", 76.64),
    (150, 131, "block", -22.57),
]


@pytest.mark.parametrize(("height", "width", "kind", "expected"), OF_THE_PORT)
def test_the_published_program_says_the_same(height: int, width: int, kind: str, expected: float) -> None:
    assert ssimulacra2(*picture(height, width, kind)) == pytest.approx(expected, abs=0.55)


def test_an_image_of_224_pixels_is_scored_as_a_larger_one_is() -> None:
    """The commonest side of a network's input: the Python package of this name loses a scale there, and ten points."""
    clean, noisy = picture(256, 256, "noise")

    assert ssimulacra2(clean[:224, :224], noisy[:224, :224]) == pytest.approx(ssimulacra2(clean, noisy), abs=1)


def test_equal_images_have_one_hundred() -> None:
    image = picture(120, 140, "noise")[1]

    assert ssimulacra2(image, image) == 100


def test_a_stronger_change_has_a_lower_score() -> None:
    clean, noisy = picture(128, 128, "noise")
    change = noisy.astype(int) - clean
    stronger = [(clean + factor * change).clip(0, 255).astype(np.uint8) for factor in (1, 2, 4, 8)]

    scores = [ssimulacra2(clean, image) for image in stronger]

    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[-1] > 20


def test_the_blur_keeps_plain_areas_and_is_as_wide_as_it_should_be() -> None:
    places = np.arange(len(BLUR)) - len(BLUR) // 2

    assert sum(BLUR) == pytest.approx(1)
    assert np.dot(BLUR, places**2) == pytest.approx(1.5**2)
    gaussian = np.exp(-(places**2) / (2 * 1.5**2))
    assert pytest.approx(gaussian / gaussian.sum(), abs=0.004) == BLUR


def test_what_cannot_be_scored_is_refused() -> None:
    clean, perturbed = picture(SMALLEST_SIDE, SMALLEST_SIDE, "noise")

    with pytest.raises(ValueError, match="at least 113 pixels"):
        ssimulacra2(clean[1:], perturbed[1:])
    with pytest.raises(ValueError, match="different shapes"):
        ssimulacra2(clean, perturbed[1:])
