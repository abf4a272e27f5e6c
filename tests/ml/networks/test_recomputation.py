"""A network that computes again what it does not keep learns what it learns without."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytestmark = pytest.mark.xdist_group("tensorflow")

SIDE = 16
BATCH, STEPS = 4, 3
IMAGES = np.random.default_rng(0).random((BATCH * STEPS, SIDE, SIDE, 3), dtype=np.float32)
LABELS = np.arange(BATCH * STEPS) % 3


def densenet() -> Any:
    from ml.networks.architectures.classifiers import build_classifier

    return build_classifier("densenet-tiny", image_size=SIDE, classes=3)


def drawing_network() -> Any:
    """Return a network within a network, with dropout before and behind a sum: it draws, and its branches meet."""
    from ml.networks.backend import keras

    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3))
    plane = layers.Dropout(0.5)(layers.Conv2D(4, 3, padding="same", name="first")(image))
    plane = layers.BatchNormalization(name="norm")(plane + layers.Conv2D(4, 3, padding="same", name="branch")(plane))
    plane = layers.SpatialDropout2D(0.5)(layers.Conv2D(4, 3, name="last")(layers.ReLU()(plane)))
    within = keras.Model(image, layers.GlobalAveragePooling2D()(plane))
    pixels = keras.Input((SIDE, SIDE, 3))
    return keras.Model(pixels, layers.Dense(3, activation="softmax")(within(layers.Rescaling(2.0, -1.0)(pixels))))


def repeating_network() -> Any:
    """Return a network that calls a layer twice, at a place where it could be cut."""
    from ml.networks.backend import keras

    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3))
    twice = layers.Conv2D(4, 3, padding="same", name="twice")
    plane = twice(layers.ReLU()(twice(layers.Conv2D(4, 3, name="first")(image))))
    return keras.Model(image, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(plane)))


def trained(build: Any, *, recompute: bool) -> tuple[list[NDArray[np.float32]], list[float]]:
    """Return the weights after some steps, moving averages among them, and what was given for each step's loss."""
    from ml.networks.backend import keras, reset_session
    from ml.networks.training.recomputation import RecomputingNetwork

    reset_session(3)
    network = build()
    learning = RecomputingNetwork(network) if recompute else network
    learning.compile(optimizer=keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy")
    losses = [
        float(learning.train_on_batch(IMAGES[start : start + BATCH], LABELS[start : start + BATCH]))
        for start in range(0, len(IMAGES), BATCH)
    ]
    return network.get_weights(), losses


@pytest.mark.training
@pytest.mark.parametrize("build", [densenet, drawing_network])
def test_it_learns_the_same(build: Any) -> None:
    """Weights, moving averages and draws of dropout alike: of each state there is one change a step, not two."""
    kept, losses_kept = trained(build, recompute=False)
    again, losses_again = trained(build, recompute=True)

    assert losses_again == losses_kept
    for one, other in zip(kept, again, strict=True):
        np.testing.assert_array_equal(other, one)


def test_of_the_papers_network_a_seventh_is_kept_at_once() -> None:
    """The arrays between the segments, and what the largest segment gives; the network lies within another."""
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.training.recomputation import kept_bytes, segments_of

    network = build_classifier("densenet201", image_size=256, classes=7)

    segments = segments_of(network)

    assert sum(len(segment.layers) - 1 for segment in segments) == 1 + 707 + 1, "each layer is in one segment"
    between = sum(4 * int(np.prod(segment.output_shape[1:])) for segment in segments)
    assert (between + max(map(kept_bytes, segments))) * 7 < kept_bytes(network)


@pytest.mark.usefixtures("eager_networks")
def test_a_network_that_calls_a_layer_twice_learns_the_same() -> None:
    kept, losses_kept = trained(repeating_network, recompute=False)
    again, losses_again = trained(repeating_network, recompute=True)

    assert losses_again == losses_kept
    for one, other in zip(kept, again, strict=True):
        np.testing.assert_array_equal(other, one)


@pytest.mark.usefixtures("eager_networks")
def test_all_but_the_last_segment_is_computed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    from ml.networks.backend import keras
    from ml.networks.training.recomputation import RecomputingNetwork, segments_of

    network = drawing_network()
    convolutions = [
        sum(isinstance(layer, keras.layers.Conv2D) for layer in segment.layers) for segment in segments_of(network)
    ]
    learning = RecomputingNetwork(network)
    learning.compile(optimizer=keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy")
    called: list[str] = []
    convolve = keras.layers.Conv2D.call

    def counted(layer: Any, images: Any) -> Any:
        called.append(layer.name)
        return convolve(layer, images)

    monkeypatch.setattr(keras.layers.Conv2D, "call", counted)
    learning.train_on_batch(IMAGES[:BATCH], LABELS[:BATCH])
    assert sum(convolutions) == 3 > convolutions[-1]
    assert len(called) == 3 + sum(convolutions[:-1])

    called.clear()
    learning.predict_on_batch(IMAGES[:BATCH])
    assert called == ["first", "branch", "last"], "nothing is learnt, nothing computed again"
