"""Measures of a change and their gradients: finite at the image, right beside it, and of their own pair alone."""

from types import SimpleNamespace

import numpy as np
import pytest

from ml.errors import MlError
from ml.images.distortion import structural_similarity
from tests.ml.attacks.perturbing import SIDE, make_images

pytestmark = pytest.mark.xdist_group("tensorflow")

NAMES = ("ciede2000", "ssim", "l2")
READS = SimpleNamespace(input_shape=(None, SIDE, SIDE, 3))


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_and_its_gradient_are_of_their_own_pair_alone(name: str) -> None:
    from ml.networks.gradients.measure_gradient import measure_for

    clean = (make_images(11) / 255).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 0.02, clean.shape)
    changed = np.clip(clean + noise, 0, 1).astype(np.float32)
    changed[4] = clean[4]
    measure = measure_for(READS, name)

    gradient, distance = measure.gradient(clean, changed)

    assert distance == pytest.approx(measure.distance(clean, changed), rel=1e-6)
    for some in (slice(9, 2, -1), slice(5, 6)):
        parts = measure.gradient(clean[some], changed[some])
        assert np.array_equal(parts[0], gradient[some])
        assert np.array_equal(parts[1], distance[some])
    assert np.isfinite(gradient).all()
    assert distance[4] == 0
    assert (np.delete(distance, 4) > 0).all()
    small = (0.01 * (changed - clean)).astype(np.float32)
    slope = (measure.distance(clean, changed + small) - measure.distance(clean, changed - small)) / 2
    assert (gradient * small).sum(axis=(1, 2, 3)) == pytest.approx(slope, rel=2e-2, abs=1e-6)


def test_the_measure_ssim_is_one_less_the_similarity_of_saved_images_even_where_it_is_nearly_nothing() -> None:
    from ml.networks.gradients.measure_gradient import measure_for

    clean = make_images(3)
    changed = clean.copy()
    changed[:, 12, 12, 0] ^= 1  # one level of one channel

    found = measure_for(READS, "ssim").distance(*((one / 255).astype(np.float32) for one in (clean, changed)))

    expected = [1 - structural_similarity(one, other) for one, other in zip(clean, changed, strict=True)]
    assert found == pytest.approx(expected, rel=1e-2, abs=1e-8)


def test_images_smaller_than_the_window_of_ssim_are_refused_in_words() -> None:
    from ml.networks.gradients.measure_gradient import measure_for

    with pytest.raises(MlError, match="SSIM needs at least 11 pixels a side; the classifier reads images of 10"):
        measure_for(SimpleNamespace(input_shape=(None, 10, 10, 3)), "ssim")
