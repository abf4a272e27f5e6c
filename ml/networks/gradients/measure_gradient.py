"""How far a change is from the image by a measure of visibility, and in which direction it grows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from ml.errors import MlError
from ml.images.distortion import SMALLEST_SIDE
from ml.networks.backend import Tensor, keras
from ml.networks.gradients.input_gradient import BATCH, check_backend
from ml.networks.visibility.colour_difference import colour_distance
from ml.networks.visibility.loss_terms import dissimilarity

ops = keras.ops

Images = NDArray[np.float32]
Distances = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure, compiled. Images are float32 (n, side, side, 3) in [0, 1]: clean ones first, then the changed."""

    gradient: Callable[[Images, Images], tuple[Images, Distances]]
    """→ the gradient of each distance with respect to the changed image, and the distances (n,)."""
    distance: Callable[[Images, Images], Distances]
    """→ the distances alone."""


def euclidean(image: Tensor, perturbed: Tensor) -> Tensor:
    """Return the root of the summed squared change of all channels of each image, in [0, 1]; tensor of shape (batch,).

    Its slope at the image itself is 0.
    """
    squares = ops.sum(ops.square(perturbed - image), axis=(1, 2, 3))
    some = squares > 0
    return ops.where(some, ops.sqrt(ops.where(some, squares, 1.0)), 0.0)


def _one_less_ssim(image: Tensor, perturbed: Tensor) -> Tensor:
    return dissimilarity(image, perturbed)[:, 0]


MEASURES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "ciede2000": colour_distance,
    "ssim": _one_less_ssim,
    "l2": euclidean,
}
"""By name: the root of the summed squared CIEDE2000, 1 − SSIM, the Euclidean norm."""


def measure_for(network: keras.Model, name: str) -> Measure:
    """Return a measure of `MEASURES` for images such as a classifier reads, compiled once.

    Each distance depends on its own pair of images alone: they are measured one by one, several side by side.

    Raises
    ------
    MlError
        Keras runs on another backend than TensorFlow, or the images are smaller than the window of SSIM.
    """
    side = network.input_shape[1]
    if name == "ssim" and side < SMALLEST_SIDE:
        raise MlError(
            gettext("SSIM needs at least %(least)s pixels a side; the classifier reads images of %(side)s.")
            % {"least": SMALLEST_SIDE, "side": side}
        )
    check_backend(keras.backend.backend())
    import tensorflow as tf

    of_pair = MEASURES[name]

    def slope(clean: Tensor, changed: Tensor) -> tuple[Tensor, Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(changed)
            distances = of_pair(clean, changed)
            total = tf.reduce_sum(distances)
        return tape.gradient(total, changed), distances

    def one_by_one(of: Callable[[Tensor, Tensor], tuple[Tensor, ...]], kinds: int) -> Callable[..., tuple[Tensor, ...]]:
        signature = [tf.TensorSpec((None, side, side, 3), tf.float32)] * 2

        def of_all(clean: Tensor, changed: Tensor) -> tuple[Tensor, ...]:
            return tf.map_fn(
                lambda pair: tuple(found[0] for found in of(pair[0][None], pair[1][None])),
                (clean, changed),
                fn_output_signature=(tf.float32,) * kinds,
                parallel_iterations=BATCH,
            )

        return tf.function(of_all, input_signature=signature, autograph=False)

    slopes = one_by_one(slope, 2)
    distances = one_by_one(lambda clean, changed: (of_pair(clean, changed),), 1)

    def gradient(clean: Images, changed: Images) -> tuple[Images, Distances]:
        found, far = slopes(tf.constant(clean), tf.constant(changed))
        return found.numpy(), far.numpy()

    def distance(clean: Images, changed: Images) -> Distances:
        return distances(tf.constant(clean), tf.constant(changed))[0].numpy()

    return Measure(gradient, distance)
