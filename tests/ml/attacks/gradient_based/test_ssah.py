"""SSAH: the coarse half of the image is that of Haar's wavelets, and it changes least."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.attacks.gradient_based.ssah import coarse_change, coarse_half
from tests.ml.attacks.linear import TARGET, image_at, lack_of, make_linear
from tests.ml.attacks.perturbing import attack, make_classifier, make_images, rarest_class, read

pytestmark = pytest.mark.xdist_group("tensorflow")


def haar_low_pass(side: int) -> NDArray[np.float64]:
    """Return the matrix of Haar's low-pass filter with every other value left out, (side / 2, side)."""
    matrix = np.zeros((side // 2, side))
    for row in range(side // 2):
        matrix[row, 2 * row : 2 * row + 2] = 1 / np.sqrt(2)
    return matrix


def test_the_coarse_half_is_the_inverse_haar_transform_of_the_low_frequencies() -> None:
    images = np.random.default_rng(0).random((2, 6, 8, 3)).astype(np.float32)
    rows, columns = haar_low_pass(6), haar_low_pass(8)

    low = np.einsum("ij,njkc,lk->nilc", rows, images, columns)
    back = np.einsum("ij,nilc,lk->njkc", rows, low, columns)

    assert coarse_half(images) == pytest.approx(back, abs=1e-6)


def test_squares_that_an_odd_side_cuts_have_the_mean_of_what_they_hold() -> None:
    image = np.arange(25, dtype=np.float32).reshape(1, 5, 5, 1)

    coarse = coarse_half(image)[0, :, :, 0]

    assert coarse[0, 0] == coarse[1, 1] == np.mean([0, 1, 5, 6])
    assert coarse[0, 4] == coarse[1, 4] == np.mean([4, 9])
    assert coarse[4, 4] == 24


def test_the_loss_of_low_frequencies_is_half_the_summed_square_of_the_coarse_change() -> None:
    rng = np.random.default_rng(1)
    start, changed = rng.random((2, 3, 4, 4, 3), dtype=np.float32)
    fine = np.tile(np.array([[1, -1], [-1, 1]], dtype=np.float32), (2, 2))[None, :, :, None] * np.float32(0.1)

    expected = np.square(coarse_half(changed - start)).sum(axis=(1, 2, 3)) / 2

    assert coarse_change(start, changed) == pytest.approx(expected, rel=1e-5)
    assert coarse_change(start, start + fine) == pytest.approx(0, abs=1e-12)


def test_it_fools_at_less_coarse_change_than_pgd_and_less_again_with_a_heavier_penalty() -> None:
    classifier = make_classifier()
    images = make_images(8)
    target = rarest_class(classifier, images)
    others = images[read(classifier, images).argmax(axis=1) != target]

    def coarse(kind: str, **settings: float) -> float:
        twins = attack(kind, classifier, others, target=target, strength=255, settings=settings)
        assert (read(classifier, twins).argmax(axis=1) == target).all()
        return float(coarse_change(*((one / 255).astype(np.float32) for one in (others, twins))).mean())

    by_pgd = coarse("pgd", steps=60, step_size=1 / 255)
    none, light, heavy = (
        coarse("ssah", steps=60, learning_rate=0.005, coarse_penalty=penalty) for penalty in (0.0, 1.0, 10.0)
    )
    assert heavy < light < none
    assert light < by_pgd / 5


def test_it_fools_a_linear_classifier() -> None:
    network, weights = make_linear()
    clean = image_at(10.0, weights)

    twin = attack("ssah", network, clean, target=TARGET, strength=255)

    assert lack_of(twin, weights)[0] < 0
