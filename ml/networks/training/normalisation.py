"""The statistics of batch normalisation, taken anew of the network that a training ended with."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ml.images.augmentation import shuffled_batches
from ml.images.pixels import Pixels
from ml.networks.backend import Tensor, keras
from ml.networks.batches import TrainingBatches
from perception.core.progress import Progress, silent

# From about a thousand images on more of them give no better statistics (Wu, Johnson 2021, section 3).
IMAGES = 2048


def estimate_normalisation(
    network: keras.Model, images: Pixels, *, batch_size: int, seed: int, progress: Progress = silent
) -> int:
    """Give every batch normalisation the mean and the variance of its inputs over the images that were learnt from.

    While it learns a network normalises by each batch's own mean and variance; afterwards by averages of them that
    moved along. Those remember the networks that it was before: with the momentum of 0.99 that Keras' DenseNets and
    most networks from files have, what a training of a hundred batches began with still weighs 0.99^100 = 37%, and
    images are read by a network that never was. So the weights are left alone and the statistics are taken once more
    ("precise" batch normalisation; Wu, Johnson 2021, "Rethinking 'Batch' in BatchNorm", section 3): the mean of the
    batches' means, and of their variances together with the variance of their means.

    Parameters
    ----------
    network
        Trained; the moving averages of its batch normalisations are changed, no other weight. One without any is left
        as it is.
    images
        uint8 array of shape (n, side, side, 3): those that it was trained on. Full batches are taken of them, as they
        are, from one shuffled pass, up to `IMAGES` images.
    batch_size
        That of the training: as many images as were normalised together.
    progress
        Told of each batch.

    Returns
    -------
    Over how many images the statistics are; 0 for a network without batch normalisation.
    """
    normalisations = list(_batch_normalisations(network))
    if not normalisations:
        return 0
    steps = max(1, min(IMAGES, len(images)) // batch_size)
    order = shuffled_batches(len(images), batch_size=batch_size, steps=steps, rng=np.random.default_rng(seed))
    batches = TrainingBatches(images, order, lambda places: places)
    own = [layer.momentum for layer in normalisations]
    for layer in normalisations:
        layer.momentum = 0.0  # so that it holds the statistics of the last batch alone
    try:
        learning = _InTraining(network)
        seen = []
        for step in range(steps):
            progress(step, steps)
            learning.predict_on_batch(batches[step][0])
            seen.append([_statistics(layer) for layer in normalisations])
    finally:
        for layer, momentum in zip(normalisations, own, strict=True):
            layer.momentum = momentum
    for place, layer in enumerate(normalisations):
        means, variances = (np.stack(values) for values in zip(*(batch[place] for batch in seen), strict=True))
        layer.moving_mean.assign(means.mean(axis=0))
        layer.moving_variance.assign(variances.mean(axis=0) + means.var(axis=0))
    return len(np.unique(order))


class _InTraining(keras.Model):
    """A network that does what it does while it learns: it shares the layers of the one it is made of."""

    def __init__(self, network: keras.Model) -> None:
        super().__init__(inputs=network.inputs[0], outputs=network.outputs[0], name=network.name)

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:  # noqa: FBT001
        return super().call(inputs, training=True, mask=mask)


def _batch_normalisations(network: keras.Model) -> Iterator[keras.layers.BatchNormalization]:
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            yield from _batch_normalisations(layer)
        elif isinstance(layer, keras.layers.BatchNormalization):
            yield layer


def _statistics(layer: keras.layers.BatchNormalization) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    convert = keras.ops.convert_to_numpy
    return convert(layer.moving_mean), convert(layer.moving_variance)
