"""After a training batch normalisation has the statistics of the network that came out, over what it learnt from."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytestmark = pytest.mark.xdist_group("tensorflow")

SIDE = 16
IMAGES = np.random.default_rng(0).integers(0, 256, (24, SIDE, SIDE, 3), dtype=np.uint8)


def normalising_network(*, nested: bool = False, momentum: float = 0.99) -> Any:
    """Return images → two probabilities; the second normalisation is of what the first one gave."""
    from ml.networks.backend import keras, reset_session

    reset_session(1)
    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3))
    x = layers.Conv2D(4, 3, strides=2, name="convolution")(image)
    x = layers.BatchNormalization(momentum=momentum, name="first")(x)
    x = layers.Conv2D(5, 3, strides=2, activation="relu", name="second_convolution")(x)
    x = layers.BatchNormalization(momentum=momentum, name="second")(x)
    x = layers.GlobalAveragePooling2D(name="averages")(x)
    features = keras.Model(image, x, name="features")
    if nested:
        outer = keras.Input((SIDE, SIDE, 3))
        return keras.Model(outer, layers.Dense(2, activation="softmax", name="diagnosis")(features(outer)))
    return keras.Model(image, layers.Dense(2, activation="softmax", name="diagnosis")(x))


def weights_by_path(network: Any) -> dict[str, NDArray[np.float32]]:
    from ml.networks.backend import keras

    return {weight.path: keras.ops.convert_to_numpy(weight).copy() for weight in network.weights}


def as_floats(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return images.astype(np.float32) / np.float32(255)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("batch_size", [24, 8])
def test_the_first_normalisation_has_the_mean_and_variance_over_all_images(*, nested: bool, batch_size: int) -> None:
    """By batches or in one: within and between the batches together is what varies over all."""
    from ml.networks.backend import keras
    from ml.networks.training.normalisation import estimate_normalisation

    network = normalising_network(nested=nested)
    features = network.get_layer("features") if nested else network
    estimate_normalisation(network, IMAGES, batch_size=batch_size, seed=0)

    convolution, first = features.get_layer("convolution"), features.get_layer("first")
    given = keras.ops.convert_to_numpy(convolution(as_floats(IMAGES)))
    np.testing.assert_allclose(first.moving_mean, given.mean(axis=(0, 1, 2)), rtol=0, atol=1e-5)
    np.testing.assert_allclose(first.moving_variance, given.var(axis=(0, 1, 2)), rtol=1e-4)


def test_what_is_read_afterwards_is_what_was_read_while_it_learnt() -> None:
    """The later layers, too: of one batch the network gives in use what it gives in training, to rounding."""
    from ml.networks.training.normalisation import estimate_normalisation

    network = normalising_network()
    while_learning = np.asarray(network(as_floats(IMAGES), training=True))
    before = network.predict_on_batch(as_floats(IMAGES))
    estimate_normalisation(network, IMAGES, batch_size=len(IMAGES), seed=0)
    after = network.predict_on_batch(as_floats(IMAGES))

    assert np.abs(before - while_learning).max() > 1e-2, "else this says nothing"
    np.testing.assert_allclose(after, while_learning, rtol=0, atol=1e-4)


def test_nothing_else_changes() -> None:
    from ml.networks.training.normalisation import estimate_normalisation

    network = normalising_network(momentum=0.75)
    before = weights_by_path(network)
    estimate_normalisation(network, IMAGES, batch_size=8, seed=0)
    after = weights_by_path(network)

    changed = {path for path in before if not np.array_equal(before[path], after[path])}
    assert {path.rsplit("/", 1)[-1] for path in changed} == {"moving_mean", "moving_variance"}
    assert network.get_layer("first").momentum == 0.75, "as in the file that it came from"


def test_a_network_without_batch_normalisation_is_left_alone() -> None:
    from ml.networks.training.normalisation import estimate_normalisation
    from tests.ml.networks.one_convolution import build_one_convolution

    told: list[int] = []
    network = build_one_convolution(image_size=SIDE, classes=2)
    over = estimate_normalisation(network, IMAGES, batch_size=8, seed=0, progress=lambda done, *_: told.append(done))
    assert (over, told) == (0, [])


def test_fewer_images_than_a_batch() -> None:
    """They are seen more than once, as in training."""
    from ml.networks.training.normalisation import estimate_normalisation

    network = normalising_network()
    assert estimate_normalisation(network, IMAGES[:3], batch_size=8, seed=0) == 3
    assert all(np.isfinite(value).all() for value in weights_by_path(network).values())


@pytest.mark.training
@pytest.mark.django_db  # checkpoints are named there
@pytest.mark.parametrize("recompute", [False, True])
def test_a_short_training_is_read_as_it_was_learnt(settings: Any, tmp_path: Any, *, recompute: bool) -> None:
    """Bright against dark, learnt in thirty steps."""
    from ml.networks.prediction import predict_classes
    from ml.networks.training.classifier import fit_classifier
    from ml.networks.training.normalisation import estimate_normalisation
    from ml.runs.checkpoints import Checkpoint

    settings.DATA_DIR = tmp_path
    labels = np.arange(24) % 2
    images = (IMAGES // 4 + (labels * 120)[:, None, None, None]).astype(np.uint8)
    network = normalising_network()
    history = fit_classifier(
        network,
        images,
        labels,
        steps=30,
        batch_size=8,
        learning_rate=3e-2,
        seed=0,
        progress=lambda *_: None,
        checkpoint=Checkpoint("short"),
        recompute=recompute,
    )
    assert np.mean(history["accuracy"][-3:]) == 1
    assert (predict_classes(network, images) != labels).any(), "by the averages of the way there"
    assert estimate_normalisation(network, images, batch_size=8, seed=0) == 24
    assert (predict_classes(network, images) == labels).all()
