"""The gradient at the image: against finite differences, and refused where it cannot be had."""

import numpy as np
import pytest

from ml.errors import MlError

pytestmark = pytest.mark.xdist_group("tensorflow")


def test_the_gradient_is_that_of_the_targets_cross_entropy() -> None:
    from ml.networks.backend import keras, reset_session
    from ml.networks.gradients.input_gradient import target_gradient
    from ml.networks.log_probabilities import log_probability_predictor

    reset_session(1)
    pixels = keras.Input((5, 5, 3))
    smooth = keras.layers.Conv2D(4, 3, activation="tanh")(pixels)
    network = keras.Model(pixels, keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(smooth)))
    rng = np.random.default_rng(0)
    images = rng.random((11, 5, 5, 3), dtype=np.float32)  # more than one batch, and not a whole number of them
    way = rng.normal(size=images.shape).astype(np.float32)

    gradient, logs = target_gradient(network, target=1)(images)

    read, small = log_probability_predictor(network), np.float32(1e-2)
    slope = -(read(images + small * way)[:, 1] - read(images - small * way)[:, 1]) / (2 * small)
    assert gradient.shape == images.shape
    assert np.allclose((gradient * way).sum(axis=(1, 2, 3)), slope, rtol=1e-2, atol=1e-3)
    assert np.allclose(logs, read(images), atol=1e-5)
    assert np.allclose(np.exp(logs), network.predict_on_batch(images), atol=1e-5)


def test_probabilities_that_no_softmax_made_are_read_without_infinities() -> None:
    from ml.networks.backend import keras
    from ml.networks.log_probabilities import log_probability_predictor

    pixels = keras.Input((2, 2, 3))
    first = keras.layers.Activation("relu")(keras.layers.GlobalAveragePooling2D()(pixels)[:, :1])
    network = keras.Model(pixels, keras.layers.Concatenate()([first, 1 - first]))

    logs = log_probability_predictor(network)(np.stack([np.zeros((2, 2, 3)), np.ones((2, 2, 3))]).astype(np.float32))

    assert logs[0, 1] == logs[1, 0] == 0
    assert np.isfinite(logs).all()
    assert logs[0, 0] < -60


def test_another_backend_is_refused_in_words() -> None:
    from ml.networks.gradients.input_gradient import check_backend

    with pytest.raises(MlError, match=r"TensorFlow backend; this is jax\. Set KERAS_BACKEND=tensorflow"):
        check_backend("jax")
