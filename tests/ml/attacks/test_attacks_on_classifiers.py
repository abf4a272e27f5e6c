"""The attacks that ask the classifier, on a tiny one: their bounds, what they reach, and that they repeat."""

from typing import Any

import numpy as np
import pytest

from ml.attacks import ATTACKS
from ml.errors import MlError
from ml.images.pixels import Pixels
from tests.ml.attacks.perturbing import attack, make_classifier, make_images, rarest_class, read

pytestmark = pytest.mark.xdist_group("tensorflow")

QUICK: dict[str, dict[str, Any]] = {
    "fgsm": {},
    "pgd": {"random_start": "on"},
    "apgd": {"steps": 12},
    "perc_al": {"steps": 12},
    "least_change": {"steps": 24, "smoothing": 0.5},
    "ssah": {"steps": 12, "learning_rate": 0.01},
    "one_pixel": {"generations": 2, "population": 8},
    "transform": {"trials": 8},
}
WITHOUT_CHANCE = {"fgsm", "perc_al", "least_change", "ssah"}
"""Where the seed plays no part, as long as the classifier has a slope."""


@pytest.fixture(scope="module")
def classifier() -> Any:
    return make_classifier()


@pytest.fixture(scope="module")
def images() -> Pixels:
    return make_images(12)


@pytest.fixture(scope="module")
def target(classifier: Any, images: Pixels) -> int:
    return rarest_class(classifier, images)


def test_all_that_ask_the_classifier_are_here() -> None:
    assert {kind for kind, method in ATTACKS.items() if method.asks_classifier} == set(QUICK)
    assert not any(ATTACKS[kind].learns for kind in QUICK)


@pytest.mark.parametrize("kind", QUICK)
def test_a_twin_depends_on_its_image_and_the_seed_alone(
    classifier: Any, images: Pixels, target: int, kind: str
) -> None:
    def perturb(some: Pixels, seed: int = 3) -> Pixels:
        return attack(kind, classifier, some, target=target, seed=seed, settings=QUICK[kind])

    together = perturb(images)

    assert np.array_equal(together, perturb(images))
    assert np.array_equal(together[9:2:-1], perturb(images[9:2:-1])), "other neighbours, other places"
    assert np.array_equal(together[5:6], perturb(images[5:6])), "alone"
    assert np.array_equal(together, perturb(images, seed=4)) == (kind in WITHOUT_CHANCE)


@pytest.mark.parametrize("kind", QUICK)
@pytest.mark.parametrize("strength", [1.0, 2.5, 255.0])
def test_every_twin_differs_from_its_image_by_no_more_than_the_strength(
    classifier: Any, images: Pixels, target: int, kind: str, strength: float
) -> None:
    some = images[:4]

    twins = attack(kind, classifier, some, target=target, strength=strength, settings=QUICK[kind])

    assert twins.shape == some.shape
    assert twins.dtype == np.uint8
    largest = np.abs(twins.astype(int) - some).max(axis=(1, 2, 3))
    assert (largest > 0).all()
    assert largest.max() <= strength or not ATTACKS[kind].bounded


@pytest.mark.parametrize("kind", ["fgsm", "pgd"])
def test_a_step_down_the_gradient_lowers_the_cross_entropy_of_every_image(
    classifier: Any, images: Pixels, target: int, kind: str
) -> None:
    twins = attack(kind, classifier, images, target=target, strength=2, settings={"steps": 4} if kind == "pgd" else {})

    assert (read(classifier, twins)[:, target] > read(classifier, images)[:, target]).all()


def test_many_small_steps_fool_at_least_as_often_as_one(classifier: Any, images: Pixels, target: int) -> None:
    def share_fooled(kind: str) -> float:
        twins = attack(kind, classifier, images, target=target, strength=6)
        return float((read(classifier, twins).argmax(axis=1) == target).mean())

    before = float((read(classifier, images).argmax(axis=1) == target).mean())
    assert share_fooled("pgd") >= share_fooled("fgsm") > before


def test_pgd_stops_where_the_target_leads_and_changes_less(classifier: Any, images: Pixels, target: int) -> None:
    def perturb(stop: str) -> Pixels:
        return attack("pgd", classifier, images, target=target, strength=16, settings={"stop": stop})

    early, late = perturb("once-read"), perturb("never")

    def lead(twins: Pixels) -> Any:
        logs = read(classifier, twins)
        return logs[:, target] - np.delete(logs, target, axis=1).max(axis=1)

    arrived = lead(early) >= 1
    assert arrived.any()
    assert np.array_equal(arrived, lead(late) >= 1), "stopping loses none"
    sizes = [np.abs(twins.astype(int) - images)[arrived].mean() for twins in (early, late)]
    assert sizes[0] < sizes[1] / 2


def test_steps_that_no_image_could_show_are_refused(classifier: Any, images: Pixels) -> None:
    with pytest.raises(MlError, match=r"move a channel by 0\.25 levels"):
        attack("pgd", classifier, images, target=0, strength=2, settings={"steps": 1})


@pytest.mark.parametrize("kind", ["fgsm", "pgd"])
def test_a_classifier_whose_probabilities_are_0_and_1_still_has_a_slope(images: Pixels, kind: str) -> None:
    sure = make_classifier(sharpness=1e6)
    probabilities = sure.predict_on_batch(images.astype(np.float32) / np.float32(255))
    assert set(np.unique(probabilities)) == {0.0, 1.0}
    target = rarest_class(sure, images)

    twins = attack(kind, sure, images, target=target)

    before, after = read(sure, images), read(sure, twins)
    others = before.argmax(axis=1) != target
    assert np.isfinite(after).all()
    assert (after[others, target] > before[others, target]).all()


@pytest.mark.parametrize("pixels", [1, 3])
def test_one_pixel_changes_no_more_pixels_than_it_may(
    classifier: Any, images: Pixels, target: int, pixels: int
) -> None:
    some = images[:3]

    twins = attack(
        "one_pixel", classifier, some, target=target, strength=255, settings=QUICK["one_pixel"] | {"pixels": pixels}
    )

    changed = (twins != some).any(axis=3).sum(axis=(1, 2))
    assert (changed >= 1).all()
    assert (changed <= pixels).all()


def test_an_evolution_finds_better_pixels_than_its_first_generation(
    classifier: Any, images: Pixels, target: int
) -> None:
    unfooled = images[read(classifier, images).argmax(axis=1) != target][:4]

    def reached(generations: int) -> Any:
        settings = {"generations": generations, "population": 10}
        twins = attack("one_pixel", classifier, unfooled, target=target, strength=255, settings=settings)
        return read(classifier, twins)[:, target]

    assert reached(12).mean() > reached(1).mean()


def test_transform_keeps_the_slightest_that_fools(classifier: Any, images: Pixels, target: int) -> None:
    few, many = (
        attack("transform", classifier, images, target=target, strength=40, settings={"trials": trials})
        for trials in (2, 64)
    )

    fooled = [read(classifier, twins).argmax(axis=1) == target for twins in (few, many)]
    assert fooled[1].sum() > fooled[0].sum()
    both = fooled[0] & fooled[1]
    sizes = [np.abs(twins[both].astype(int) - images[both]).mean() for twins in (few, many)]
    assert sizes[1] < sizes[0]


def test_transform_varies_only_what_is_on(classifier: Any, images: Pixels, target: int) -> None:
    off = {"rotation": "off", "zoom": "off", "contrast": "off"}

    twins = attack("transform", classifier, images[:3], target=target, strength=10, settings=off | QUICK["transform"])

    for twin, image in zip(twins, images[:3], strict=True):
        unclipped = (twin > 0) & (twin < 255)
        assert len(np.unique((twin.astype(int) - image)[unclipped])) == 1, "brightness alone: one shift for all"
