"""The networks themselves, tiny, for real."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.architectures import ARCHITECTURES
from ml.errors import MlError
from ml.networks.classifiers import build_classifier
from ml.networks.generator import build_generator
from ml.networks.generator_training import fit_generator, weights_digest
from ml.networks.saved_network import network_from_bytes, network_to_bytes
from ml.networks.session import start_afresh
from perception.progress import silent

pytestmark = pytest.mark.xdist_group("tensorflow")


def images(count: int, side: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).random((count, side, side, 3), dtype=np.float32)


@pytest.mark.parametrize("name", ["densenet-tiny", "densenet-small"])
def test_a_classifier_gives_probabilities(name: str) -> None:
    start_afresh(1)
    network = build_classifier(name, image_size=32, classes=7)

    probabilities = network.predict_on_batch(images(3, 32))

    assert probabilities.shape == (3, 7)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_the_papers_classifier_is_the_densenet_201_of_keras_with_seven_outputs() -> None:
    network = build_classifier("densenet201", image_size=32, classes=7)

    assert network.output_shape == (None, 7)
    assert network.count_params() == 18_321_984 + 7 * 1920 + 7 + weights_of_scaling(network)
    assert set(ARCHITECTURES) >= {"densenet201", "densenet-small"}


def weights_of_scaling(network: object) -> int:
    return sum(
        layer.count_params()
        for layer in network.layers  # type: ignore[attr-defined]
        if layer.name == "scale"
    )


@pytest.mark.parametrize("side", [32, 30, 27])
def test_a_change_is_as_large_as_the_image_and_within_the_strength(side: int) -> None:
    start_afresh(1)
    generator = build_generator(image_size=side, strength=8)
    change = np.asarray(generator.predict_on_batch(images(2, side)))
    assert change.shape == (2, side, side, 3)
    assert np.abs(change).mean() < 2 / 255, "it starts small"

    for weight in generator.get_layer("last").weights:
        weight.assign(1000 * np.ones(weight.shape))
    driven = np.asarray(generator.predict_on_batch(images(2, side)))
    assert np.abs(driven).max() <= 8 / 255 + 1e-7
    assert np.abs(driven).max() == pytest.approx(8 / 255, rel=1e-4), "and reaches the strength"


def test_the_change_of_an_image_does_not_depend_on_its_batch() -> None:
    start_afresh(1)
    generator = build_generator(image_size=32, strength=8)
    batch = images(4, 32)

    together = np.asarray(generator.predict_on_batch(batch))
    alone = np.concatenate([np.asarray(generator.predict_on_batch(batch[place : place + 1])) for place in range(4)])

    assert np.allclose(together, alone, atol=1e-6)


def test_training_an_attack_leaves_the_classifier_alone_and_lowers_the_loss() -> None:
    start_afresh(1)
    classifier = build_classifier("densenet-tiny", image_size=24, classes=3)
    generator = build_generator(image_size=24, strength=32, filters=4)
    before = weights_digest(classifier)
    pixels = (255 * images(24, 24)).astype(np.uint8)

    history = fit_generator(
        generator,
        classifier,
        pixels,
        target=2,
        steps=30,
        batch_size=8,
        learning_rate=5e-3,
        size_penalty=0,
        seed=0,
        progress=silent,
    )

    assert weights_digest(classifier) == before
    assert len(history["loss"]) == 30
    assert np.mean(history["loss"][-5:]) < np.mean(history["loss"][:5])


def test_a_network_survives_its_file() -> None:
    start_afresh(1)
    network = build_classifier("densenet-tiny", image_size=24, classes=3)
    batch = images(2, 24)

    again = network_from_bytes(network_to_bytes(network), source="a test")

    assert np.array_equal(network.predict_on_batch(batch), again.predict_on_batch(batch))


def test_bytes_that_are_no_network_are_refused_in_words() -> None:
    with pytest.raises(MlError, match="a test"):
        network_from_bytes(b"not a network", source="a test")
