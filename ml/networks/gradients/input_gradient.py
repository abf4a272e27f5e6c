"""In which direction an image is to move for a classifier to say the target class: the gradient at the image."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ml.errors import MlError
from ml.networks.backend import Tensor, keras
from ml.networks.batches import equal_batches
from ml.networks.gradients.losses import Loss, cross_entropy
from ml.networks.log_probabilities import log_probabilities

BATCH = 8

Gradient = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Images, float32 (n, side, side, 3) in [0, 1] → the gradient, alike, and the log-probabilities (n, classes)."""
LossGradient = Callable[
    [NDArray[np.float32], NDArray[np.float32] | None],
    tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
]
"""Images as above and what they are compared with, float32 (n, classes) or None where the loss compares nothing → the
gradient, the loss of each (n,), and the log-probabilities."""


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

    at = _gradient(network, cross_entropy(target))
    shape = (BATCH, *network.input_shape[1:])
    compiled = tf.function(at, input_signature=[tf.TensorSpec(shape, tf.float32)], autograph=False)

    def of_images(images: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        parts = []
        for batch, count in equal_batches(images, BATCH):
            slopes, _, logs = compiled(tf.constant(batch))
            parts.append((slopes.numpy()[:count], logs.numpy()[:count]))
        return np.concatenate([slopes for slopes, _ in parts]), np.concatenate([logs for _, logs in parts])

    return of_images


def loss_gradient(network: keras.Model, loss: Loss) -> LossGradient:
    """Return the function that gives the gradient of a loss of the classifier's reading, with respect to the image.

    Compiled once. The classifier reads one image at a time, several side by side: in a batch, what an image gives
    differs in its last bit with its place there. Signs do not show that, but in an optimiser that remembers its steps
    it grows, and a twin would depend on the images that it is made with. That takes twice the time of a batch.

    Parameters
    ----------
    network
        A classifier; its weights stay as they are.
    loss
        What is to be made small, of `ml.networks.gradients.losses`.

    Raises
    ------
    MlError
        Keras runs on another backend than TensorFlow.
    """
    check_backend(keras.backend.backend())
    import tensorflow as tf

    at = _gradient(network, loss)
    classes = network.output_shape[-1]

    def of_one(image: Tensor, compared: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        slope, losses, logs = at(image[None], compared[None])
        return slope[0], losses[0], logs[0]

    def of_all(images: Tensor, compared: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        kinds = (tf.float32,) * 3
        return tf.map_fn(
            lambda pair: of_one(*pair), (images, compared), fn_output_signature=kinds, parallel_iterations=BATCH
        )

    signature = [
        tf.TensorSpec((None, *network.input_shape[1:]), tf.float32),
        tf.TensorSpec((None, classes), tf.float32),
    ]
    compiled = tf.function(of_all, input_signature=signature, autograph=False)

    def of_images(
        images: NDArray[np.float32], compared: NDArray[np.float32] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        if compared is None:
            compared = np.zeros((len(images), classes), dtype=np.float32)
        slopes, losses, logs = (one.numpy() for one in compiled(tf.constant(images), tf.constant(compared)))
        return slopes, losses, logs

    return of_images


def _gradient(network: keras.Model, loss: Loss) -> Callable[..., tuple[Tensor, Tensor, Tensor]]:
    """Return the function of images and what they are compared with → gradient, losses, log-probabilities; tensors."""
    import tensorflow as tf

    def at(images: Tensor, compared: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(images)
            logs = log_probabilities(network, images)
            losses = loss(logs, compared)
            total = tf.reduce_sum(losses)
        return tape.gradient(total, images), losses, logs

    return at


def check_backend(backend: str) -> None:
    """Refuse a backend of Keras whose gradients at the image are not asked for here.

    Raises
    ------
    MlError
        It is not TensorFlow.
    """
    if backend != "tensorflow":
        raise MlError(
            "The attacks fgsm, pgd, apgd, perc_al, ssah and least_change need Keras' TensorFlow backend; this is "
            f"{backend}. Set KERAS_BACKEND=tensorflow, or take an attack that needs no gradient: one_pixel or "
            "transform."
        )
