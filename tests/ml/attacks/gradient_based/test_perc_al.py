"""PerC-AL: it fools at less difference of colours than an attack that counts levels, and less with more steps."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.images.pixels import Pixels
from tests.ml.attacks.linear import TARGET, image_at, lack_of, make_linear
from tests.ml.attacks.perturbing import attack, make_classifier, make_images, rarest_class, read

pytestmark = pytest.mark.xdist_group("tensorflow")


def colour_distance(network: Any, clean: Pixels, twins: Pixels) -> NDArray[np.float32]:
    from ml.networks.gradients.measure_gradient import measure_for

    level = np.float32(255)
    pair = (clean / level).astype(np.float32), (twins / level).astype(np.float32)
    return measure_for(network, "ciede2000").distance(*pair)


def test_it_fools_every_image_at_less_difference_of_colours_than_pgd() -> None:
    classifier = make_classifier()
    images = make_images(8)
    target = rarest_class(classifier, images)
    others = images[read(classifier, images).argmax(axis=1) != target]

    asked: dict[str, dict[str, Any]] = {"perc_al": {"steps": 60}, "pgd": {"steps": 60, "step_size": 1 / 255}}
    found = {
        kind: attack(kind, classifier, others, target=target, strength=255, settings=settings)
        for kind, settings in asked.items()
    }

    for twins in found.values():
        assert (read(classifier, twins).argmax(axis=1) == target).all()
    distances = {kind: colour_distance(classifier, others, twins) for kind, twins in found.items()}
    assert distances["perc_al"].mean() < 0.7 * distances["pgd"].mean()


def test_on_a_linear_classifier_more_steps_leave_less_difference_of_colours_and_it_is_still_fooled() -> None:
    network, weights = make_linear()
    clean = image_at(10.0, weights)

    distances = []
    for steps in (20, 80, 320):
        twin = attack("perc_al", network, clean, target=TARGET, strength=255, settings={"steps": steps})
        assert lack_of(twin, weights)[0] < 0
        distances.append(float(colour_distance(network, clean, twin)[0]))

    assert distances[0] > distances[1] > distances[2]


def test_the_least_norm_of_the_linear_classifier_costs_more_colour_than_perc_al_does() -> None:
    network, weights = make_linear()
    clean = image_at(10.0, weights)
    # The change of least norm, w (w·x) / ‖w‖², with a little more so that it holds after rounding.
    least = 1.02 * lack_of(clean, weights)[0] / (weights @ weights) * weights
    nearest = np.rint(clean + 255 * least.reshape(clean.shape)).astype(np.uint8)
    assert lack_of(nearest, weights)[0] < 0

    twin = attack("perc_al", network, clean, target=TARGET, strength=255, settings={"steps": 320})

    assert colour_distance(network, clean, twin)[0] < colour_distance(network, clean, nearest)[0]


def test_the_strength_bounds_it() -> None:
    network, weights = make_linear()
    clean = image_at(8.0, weights)

    twin = attack("perc_al", network, clean, target=TARGET, strength=16, settings={"steps": 100})

    assert lack_of(twin, weights)[0] < 0
    assert np.abs(twin.astype(int) - clean).max() <= 16
