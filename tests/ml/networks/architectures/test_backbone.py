"""A network by others begins a classifier: at another size, and taken apart where networks lie within it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.errors import MlError

pytestmark = pytest.mark.xdist_group("tensorflow")

SIDE = 16


def images(count: int, side: int) -> Any:
    return np.random.default_rng(1).random((count, side, side, 3), dtype=np.float32)


def test_a_network_from_a_file_becomes_a_backbone_of_another_size(tmp_path: Path) -> None:
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import reset_session
    from ml.networks.saved_network import network_from_bytes

    reset_session(1)
    path = tmp_path / "other.keras"
    build_classifier("densenet-tiny", image_size=24, classes=5).save(path)

    network = build_classifier("backbone", image_size=32, classes=3, weights=str(path), value_range=(-1, 1))

    probabilities = network.predict_on_batch(images(2, 32))
    assert probabilities.shape == (2, 3)
    kept = network_from_bytes(path.read_bytes(), source="a test").get_layer("stem").get_weights()[0]
    assert np.array_equal(network.get_layer("backbone").get_layer("stem").get_weights()[0], kept)


@pytest.mark.parametrize("what", ["no network", "no image", "one channel"])
def test_a_file_that_is_no_backbone_is_refused_in_words(tmp_path: Path, what: str) -> None:
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import keras

    path = tmp_path / "other.keras"
    if what == "no network":
        path.write_bytes(b"PK not a network")
    else:
        shape = (4,) if what == "no image" else (16, 16, 1)
        numbers = keras.Input(shape)
        keras.Model(numbers, keras.layers.Dense(2)(keras.layers.Flatten()(numbers))).save(path)

    with pytest.raises(MlError, match=r"other\.keras"):
        build_classifier("backbone", image_size=32, classes=3, weights=str(path))


def base(*, pooled: bool = False) -> Any:
    """Return a small network of the kind that stands below a head: two branches, batch normalization."""
    from ml.networks.backend import keras

    layers = keras.layers
    pixels = keras.Input((SIDE, SIDE, 3))
    stem = layers.Conv2D(4, 3, padding="same", name="stem")(pixels)
    normed = layers.BatchNormalization(name="norm")(stem)
    joined = layers.Add(name="joined")([normed, layers.Conv2D(4, 3, padding="same", name="branch")(normed)])
    return keras.Model(pixels, layers.GlobalAveragePooling2D(name="mean")(joined) if pooled else joined, name="base")


def below_a_head() -> Any:
    from ml.networks.backend import keras

    layers = keras.layers
    return keras.Sequential(
        [keras.Input((SIDE, SIDE, 3)), layers.Rescaling(2.0), base(), layers.GlobalAveragePooling2D(), layers.Dense(5)]
    )


def with_its_average() -> Any:
    from ml.networks.backend import keras

    return keras.Sequential([keras.Input((SIDE, SIDE, 3)), base(pooled=True), keras.layers.Dense(5)])


def two_deep() -> Any:
    from ml.networks.backend import keras

    layers = keras.layers
    inner = keras.Sequential([base(), layers.Conv2D(3, 1, name="stem")], name="inner")
    return keras.Sequential([keras.Input((SIDE, SIDE, 3)), inner, layers.GlobalAveragePooling2D(), layers.Dense(5)])


def functional() -> Any:
    from ml.networks.backend import keras

    pixels = keras.Input((SIDE, SIDE, 3))
    frozen = base()
    frozen.trainable = False
    plane = frozen(pixels / 2.0 - 1.0, training=False)
    return keras.Model(pixels, keras.layers.Dense(5)(keras.layers.GlobalAveragePooling2D()(plane)))


def two_of_a_kind() -> Any:
    from ml.networks.backend import keras

    pixels = keras.Input((SIDE, SIDE, 3))
    one, other = base(), base()
    other.name = "other"
    plane = keras.layers.Concatenate()([one(pixels), other(pixels)])
    return keras.Model(pixels, keras.layers.Dense(5)(keras.layers.GlobalAveragePooling2D()(plane)))


@pytest.mark.parametrize("size", [SIDE, 2 * SIDE])
def test_a_classifier_that_began_so_is_a_backbone_itself(tmp_path: Path, size: int) -> None:
    """And the next: what was trained at a small size is trained on at a larger one."""
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import reset_session

    path = tmp_path / "first.keras"
    below_a_head().save(path)
    for generation in range(3):
        reset_session(generation)  # as in a process of its own
        network = build_classifier("backbone", image_size=size, classes=3, weights=str(path))
        path = tmp_path / f"generation {generation}.keras"
        network.save(path)

    reset_session(9)
    last = build_classifier("backbone", image_size=SIDE, classes=3, weights=str(path))
    assert [len(weight.shape) for weight in last.weights] == [len(weight.shape) for weight in network.weights]
    for kept, weight in zip(network.weights[:-2], last.weights[:-2], strict=True):
        assert np.array_equal(kept, weight), f"{weight.path}: all but the head"


@pytest.mark.parametrize("make", [below_a_head, with_its_average, two_deep, functional, two_of_a_kind])
def test_networks_within_a_network_are_taken_apart(tmp_path: Path, make: Callable[[], Any]) -> None:
    from ml.networks.architectures.backbone import backbone_features
    from ml.networks.backend import keras, reset_session

    reset_session(1)
    whole = make()
    whole.save(tmp_path / "whole.keras")
    head = whole.layers[-1]
    weights, bias = head.get_weights()

    def features_at(side: int) -> Any:
        pixels = keras.Input((side, side, 3))
        tensor = backbone_features(pixels, tmp_path / "whole.keras", image_size=side, value_range=(0.0, 1.0))
        return keras.Model(pixels, tensor)

    batch = images(3, SIDE)
    found = features_at(SIDE)
    logits = found.predict_on_batch(batch) @ weights + bias
    assert np.allclose(logits, whole.predict_on_batch(batch), atol=1e-5)
    assert found.get_layer("backbone").trainable_weights
    assert features_at(2 * SIDE).predict_on_batch(images(1, 2 * SIDE)).shape == (1, len(weights))
