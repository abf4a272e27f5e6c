"""A network applied to many images, batch by batch."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.pixels import Pixels
from perception.progress import Progress, silent


def predict_classes(
    network: Any, images: Pixels, *, batch_size: int = 32, progress: Progress = silent
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
    found = np.empty(len(images), dtype=np.int64)
    for start in range(0, len(images), batch_size):
        batch = np.asarray(images[start : start + batch_size], dtype=np.float32) / np.float32(255)
        found[start : start + batch_size] = np.argmax(network.predict_on_batch(batch), axis=1)
        progress(min(start + batch_size, len(images)), len(images), "")
    return found


def adding_changes_of(generator: Any) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return the function that adds the generator's change to a batch of images in [0, 1]."""

    def perturb(images: NDArray[np.float32]) -> NDArray[np.float32]:
        changed = images + np.asarray(generator.predict_on_batch(images), dtype=np.float32)
        return np.clip(changed, np.float32(0), np.float32(1))

    return perturb
