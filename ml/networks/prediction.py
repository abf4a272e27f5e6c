"""A network applied to many images, batch by batch."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels
from ml.networks.backend import keras
from ml.networks.batches import equal_batches
from perception.core.progress import Progress, silent

# Where the images a second no longer grow with it, on two cores and on small and large networks alike.
BATCH = 32
CHANGES_BATCH = 16


def predict_classes(
    network: keras.Model, images: Pixels, *, batch_size: int = BATCH, progress: Progress = silent
) -> NDArray[np.int64]:
    """Return the most probable class of each image.

    Parameters
    ----------
    network
        A classifier.
    images
        uint8 array of shape (n, side, side, 3), levels 0–255; may be a memory map.

    Returns
    -------
    int64 array of shape (n,): places in the classifier's class list.
    """
    size = max(1, min(batch_size, len(images)))
    read = class_predictor(network, batch_size=size)
    found = np.empty(len(images), dtype=np.int64)
    for start in range(0, len(images), size):
        batch = images[start : start + size]
        found[start : start + size] = read(batch)
        progress(start + len(batch), len(images), "")
    return found


def class_predictor(network: keras.Model, *, batch_size: int = BATCH) -> Callable[[Pixels], NDArray[np.int64]]:
    """Return the function that gives the most probable class of each image.

    It asks the network for batches of one size, so that the network is traced once and what is read of an image does
    not hang on the others.

    Returns
    -------
    uint8 array of shape (n, side, side, 3), levels 0–255 → int64 array of shape (n,): places in the class list.
    """

    def read(images: Pixels) -> NDArray[np.int64]:
        levels = np.asarray(images, dtype=np.float32) / np.float32(255)
        outputs = [network.predict_on_batch(batch)[:count] for batch, count in equal_batches(levels, batch_size)]
        return np.argmax(np.concatenate(outputs), axis=1)

    return read


def predict_values(network: keras.Model, images: Pixels, *, batch_size: int = BATCH) -> NDArray[np.float64]:
    """Return the one value that a network gives for each image.

    Parameters
    ----------
    images
        uint8 array of shape (n, side, side, 3), levels 0–255; may be a memory map.

    Returns
    -------
    float64 array of shape (n,).
    """
    size = max(1, min(batch_size, len(images)))
    found = np.empty(len(images), dtype=np.float64)
    for start in range(0, len(images), size):
        levels = np.asarray(images[start : start + size], dtype=np.float32) / np.float32(255)
        for batch, count in equal_batches(levels, size):
            found[start : start + count] = network.predict_on_batch(batch)[:count, 0]
    return found


def adding_changes_of(generator: keras.Model) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return the function that adds the generator's change to a batch of images in [0, 1]."""

    def perturb(images: NDArray[np.float32]) -> NDArray[np.float32]:
        parts = []
        for batch, count in equal_batches(images, CHANGES_BATCH):
            changed = np.array(generator.predict_on_batch(batch)[:count], dtype=np.float32)
            changed += batch[:count]
            parts.append(np.clip(changed, np.float32(0), np.float32(1), out=changed))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    return perturb
