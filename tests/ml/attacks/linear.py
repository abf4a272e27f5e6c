"""A linear classifier, of which the least change that makes it say the target class is known in closed form."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels

SIDE = 12
TARGET = 1


def make_linear(*, seed: int = 5, classes: int = 5) -> tuple[Any, NDArray[np.float64]]:
    """Return a classifier that says class 1 rather than 0 by a weighted sum of channels, the others never; the weights.

    The values before the softmax are 0 for class 0, w·x for class 1 (x in [0, 1]; w·x = 0 at grey 128) and far below
    for the others.
    """
    from ml.networks.backend import keras

    weights = np.random.default_rng(seed).normal(size=SIDE * SIDE * 3).astype(np.float32)
    kernel = np.zeros((len(weights), classes), dtype=np.float32)
    kernel[:, TARGET] = weights
    bias = np.full(classes, -60.0, dtype=np.float32)
    bias[0], bias[TARGET] = 0, -float(weights.astype(np.float64).sum() * 128 / 255)
    image = keras.Input((SIDE, SIDE, 3))
    said = keras.layers.Dense(classes, activation="softmax", name="said")(keras.layers.Flatten()(image))
    network = keras.Model(image, said)
    network.get_layer("said").set_weights([kernel, bias])
    return network, weights.astype(np.float64)


def image_at(lack: float, weights: NDArray[np.float64], *, seed: int = 0) -> Pixels:
    """Return an image, uint8 (1, 12, 12, 3), of middle greys in which class 0 leads by about `lack`."""
    rng = np.random.default_rng(seed)
    wanted = 128 / 255 + rng.normal(0, 0.02, len(weights))
    wanted -= (weights @ (wanted - 128 / 255) + lack) / (weights @ weights) * weights
    levels: Pixels = np.rint(255 * wanted).astype(np.uint8).reshape(1, SIDE, SIDE, 3)
    return levels


def lack_of(images: Pixels, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much class 0 leads the target class in each image; below 0 the target class is read."""
    lacks: NDArray[np.float64] = -((images.reshape(len(images), -1) / 255.0 - 128 / 255) @ weights)
    return lacks
