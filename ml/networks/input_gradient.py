"""In which direction an image is to move for a classifier to say the target class: the gradient at the image."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ml.errors import MlError
from ml.networks.backend import Tensor, keras
from ml.networks.batches import equal_batches
from ml.networks.log_probabilities import log_probabilities

BATCH = 8

Gradient = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Images, float32 (n, side, side, 3) in [0, 1] → the gradient, alike, and the log-probabilities (n, classes)."""


def target_gradient(network: keras.Model, *, target: int) -> Gradient:
    """Return the function that gives the gradient of the target's cross-entropy with respect to the image.

    Compiled once. Each image's gradient is of its own cross-entropy and does not depend on the other images.

    Parameters
    ----------
    network
        A classifier; its weights stay as they are.
    target
        Place of the target class in the classifier's class list.

    Raises
    ------
    MlError
        Keras runs on another backend than TensorFlow.
    """
    check_backend(keras.backend.backend())
    import tensorflow as tf

    def gradient(images: Tensor) -> tuple[Tensor, Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(images)
            logs = log_probabilities(network, images)
            cross_entropy = -tf.reduce_sum(logs[:, target])
        return tape.gradient(cross_entropy, images), logs

    shape = (BATCH, *network.input_shape[1:])
    compiled = tf.function(gradient, input_signature=[tf.TensorSpec(shape, tf.float32)], autograph=False)

    def of_images(images: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        parts = []
        for batch, count in equal_batches(images, BATCH):
            slopes, logs = compiled(tf.constant(batch))
            parts.append((slopes.numpy()[:count], logs.numpy()[:count]))
        return np.concatenate([slopes for slopes, _ in parts]), np.concatenate([logs for _, logs in parts])

    return of_images


def check_backend(backend: str) -> None:
    """Refuse a backend of Keras whose gradients at the image are not asked for here.

    Raises
    ------
    MlError
        It is not TensorFlow.
    """
    if backend != "tensorflow":
        raise MlError(
            f"The attacks fgsm and pgd need Keras' TensorFlow backend; this is {backend}. Set "
            "KERAS_BACKEND=tensorflow, or take an attack that needs no gradient: one_pixel or transform."
        )
