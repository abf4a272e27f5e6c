"""The least change: beside its closed form on a linear classifier, and by each measure the least of all."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.images.pixels import Pixels
from tests.ml.attacks.linear import TARGET, image_at, lack_of, make_linear
from tests.ml.attacks.perturbing import attack, make_classifier, make_images, rarest_class, read

pytestmark = pytest.mark.xdist_group("tensorflow")

MEASURES = ("ciede2000", "ssim", "l2")


def test_on_a_linear_classifier_it_finds_the_least_norm_there_is() -> None:
    network, weights = make_linear()
    clean = image_at(10.0, weights)
    least = lack_of(clean, weights)[0] / np.linalg.norm(weights)

    twin = attack(
        "least_change", network, clean, target=TARGET, strength=255, settings={"distance": "l2", "steps": 300}
    )

    assert lack_of(twin, weights)[0] < 0
    norm = np.linalg.norm((twin.astype(float) - clean) / 255)
    assert least < norm < 1.01 * least


@pytest.mark.parametrize("distance", MEASURES)
def test_where_less_than_half_a_level_would_do_the_saved_image_fools_all_the_same(distance: str) -> None:
    network, weights = make_linear()
    clean = image_at(0.05, weights)
    lack = lack_of(clean, weights)
    least = lack[0] / np.square(weights).sum() * np.abs(weights).max()
    assert 0 < least < 0.5 / 255, "rounded to 8 bits, the least change is none"

    # As published. In a tenth of the steps it depends on the last bits of the processor's sums.
    settings = {"distance": distance, "steps": 1000, "smoothing": 0.9}
    twin = attack("least_change", network, clean, target=TARGET, strength=255, settings=settings)

    assert lack_of(twin, weights)[0] < 0


def test_the_strength_bounds_it_where_the_least_change_does_not_fit() -> None:
    network, weights = make_linear()
    clean = image_at(10.0, weights)
    reachable = np.abs(weights).sum() * 12 / 255
    assert reachable > lack_of(clean, weights)[0], "12 levels of every channel would do"

    free, bound = (
        attack("least_change", network, clean, target=TARGET, strength=s, settings={"distance": "l2", "steps": 300})
        for s in (255, 12)
    )

    assert np.abs(free.astype(int) - clean).max() > 12
    assert np.abs(bound.astype(int) - clean).max() == 12
    assert lack_of(bound, weights)[0] < 0


def test_an_image_that_nothing_fools_stays_one_however_long_the_search() -> None:
    """The penalty's weight grows by a fifth every ten steps: in 32 bits it came to no number after 2,700."""
    network, weights = make_linear()
    clean = image_at(10.0, weights)
    assert np.abs(weights).sum() / 255 < lack_of(clean, weights)[0], "a level of every channel is not enough"

    short, long = (
        attack("least_change", network, clean, target=TARGET, strength=1, settings={"distance": "l2", "steps": steps})
        for steps in (300, 4000)
    )

    assert lack_of(long, weights)[0] <= lack_of(short, weights)[0] < lack_of(clean, weights)[0]
    assert np.abs(long.astype(int) - clean).max() == 1


def distances(clean: Pixels, twins: Pixels, classifier: Any) -> dict[str, NDArray[np.float32]]:
    from ml.networks.gradients.measure_gradient import measure_for

    level = np.float32(255)
    pair = (clean / level).astype(np.float32), (twins / level).astype(np.float32)
    return {name: measure_for(classifier, name).distance(*pair) for name in MEASURES}


def test_by_each_measure_every_image_is_fooled_and_its_own_search_finds_the_least() -> None:
    classifier = make_classifier()
    images = make_images(6)
    target = rarest_class(classifier, images)
    others = images[read(classifier, images).argmax(axis=1) != target]
    found = {
        name: attack(
            "least_change",
            classifier,
            others,
            target=target,
            strength=255,
            settings={"distance": name, "steps": 400, "smoothing": 0.5},
        )
        for name in MEASURES
    }

    for twins in found.values():
        assert (read(classifier, twins).argmax(axis=1) == target).all()
    measured = {name: distances(others, twins, classifier) for name, twins in found.items()}
    for name in MEASURES:
        least = {by: float(np.median(measured[by][name])) for by in MEASURES}
        assert min(least, key=lambda by: least[by]) == name, (name, least)


def test_more_steps_find_less_change() -> None:
    classifier = make_classifier()
    images = make_images(6)
    target = rarest_class(classifier, images)
    others = images[read(classifier, images).argmax(axis=1) != target]

    few, many = (
        attack(
            "least_change",
            classifier,
            others,
            target=target,
            strength=255,
            settings={"distance": "l2", "steps": steps, "smoothing": 0.5},
        )
        for steps in (40, 200)
    )

    assert distances(others, many, classifier)["l2"].mean() < distances(others, few, classifier)["l2"].mean()


@pytest.mark.parametrize("kind", ["least_change", "perc_al", "ssah"])
def test_an_image_that_is_read_so_already_is_changed_by_one_level_of_one_channel(kind: str) -> None:
    network, weights = make_linear()
    clean = image_at(-10.0, weights)
    assert lack_of(clean, weights)[0] < 0

    twin = attack(kind, network, clean, target=TARGET, strength=255, settings={"steps": 3})

    change = twin.astype(int) - clean
    assert np.abs(change).sum() == 1
    assert lack_of(twin, weights)[0] < lack_of(clean, weights)[0], "further towards the target class"
