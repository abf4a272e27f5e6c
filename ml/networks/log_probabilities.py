"""What a classifier says, as logarithms that stay exact where its probabilities have become 0 or 1."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ml.networks.backend import Tensor, keras
from ml.networks.batches import equal_batches

ops = keras.ops

BATCH = 32
# Added where only probabilities can be had: the logarithm of 0 and its slope are not finite.
LEAST = 1e-30


def log_probabilities(network: keras.Model, images: Tensor) -> Tensor:
    """Return the logarithm of each class's probability, as a tensor through which gradients pass.

    A sure classifier's probabilities are 0 and 1 in 32 bits, and their gradients nothing. So the values that went
    into the last softmax are taken; Keras keeps them with its result, for its own losses.

    Parameters
    ----------
    network
        A classifier: images in [0, 1] → probabilities.
    images
        Tensor of shape (batch, side, side, 3).

    Returns
    -------
    float32 tensor of shape (batch, classes).
    """
    outputs = network(images, training=False)
    logits = getattr(outputs, "_keras_logits", None)
    if logits is not None:
        return ops.log_softmax(ops.cast(logits, "float32"))
    return ops.log(ops.cast(outputs, "float32") + LEAST)


class LogProbabilities(keras.Model):
    """A classifier that says logarithms."""

    def __init__(self, network: keras.Model) -> None:
        """Keep the classifier."""
        super().__init__(name="log_probabilities")
        self._network = network

    def call(self, images: Tensor) -> Tensor:
        """Return the logarithm of each class's probability."""
        return log_probabilities(self._network, images)


def log_probability_predictor(network: keras.Model) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return the function that reads images.

    Returns
    -------
    float32 array of shape (n, side, side, 3), values in [0, 1] → float32 array of shape (n, classes): logarithms of
    probabilities. An image's do not depend on the others.
    """
    model = LogProbabilities(network)

    def read(images: NDArray[np.float32]) -> NDArray[np.float32]:
        outputs = [np.asarray(model.predict_on_batch(batch))[:count] for batch, count in equal_batches(images, BATCH)]
        return np.concatenate(outputs)

    return read
