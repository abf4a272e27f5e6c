"""Training batches: images as levels in memory or on disk, floats in [0, 1] batch by batch."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels
from ml.networks.backend import keras

Targets: TypeAlias = NDArray[np.generic] | Mapping[str, NDArray[np.generic]]
"""What a network is to say of a batch, by the name of its output where it has several."""


class TrainingBatches(keras.utils.PyDataset):
    """One batch a step, made when the step comes.

    Parameters
    ----------
    images
        uint8 array of shape (n, side, side, 3); may be a memory map.
    order
        int64 array of shape (steps, batch): which images each step sees.
    targets
        Given the places of a batch's images, what the network is to say of them, as Keras takes it.
    alter
        What is done to each image before it is learnt from, e.g. `ml.images.augmentation.augment`; None leaves it as it
        is.
    seed
        Of what `alter` draws; a step draws the same whenever it is done.
    first_step
        The step to begin with; those before were done.
    """

    def __init__(
        self,
        images: Pixels,
        order: NDArray[np.int64],
        targets: Callable[[NDArray[np.int64]], Targets],
        *,
        alter: Callable[[Pixels, np.random.Generator], Pixels] | None = None,
        seed: int = 0,
        first_step: int = 0,
    ) -> None:
        """Keep the images; nothing is made yet."""
        super().__init__()
        self._images = images
        self._order = order
        self._targets = targets
        self._alter = alter
        self._seed = seed
        self._first_step = first_step

    def __len__(self) -> int:
        """Return the number of steps that are to be done."""
        return len(self._order) - self._first_step

    def from_step(self, first_step: int) -> "TrainingBatches":
        """Return the same batches without those before a step."""
        return TrainingBatches(
            self._images, self._order, self._targets, alter=self._alter, seed=self._seed, first_step=first_step
        )

    def __getitem__(self, step: int) -> tuple[NDArray[np.float32], Targets]:
        """Return the step's images and targets; the same step gives the same batch."""
        step += self._first_step
        places = self._order[step]
        batch = [self._images[place] for place in places]
        if self._alter is not None:
            rng = np.random.default_rng([self._seed, step])
            batch = [self._alter(pixels, rng) for pixels in batch]
        return np.stack(batch).astype(np.float32) / np.float32(255), self._targets(places)


def equal_batches(images: NDArray[np.float32], size: int) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Cut images into batches of `size`, the last filled up with black ones.

    Kernels choose their order of summation by the size of the batch; with one size an image gives the same figures,
    to the bit, whichever images it comes with.

    Parameters
    ----------
    images
        float32 array of shape (n, side, side, 3).

    Yields
    ------
    A batch of shape (size, side, side, 3), and how many of its images, from the first on, are real.
    """
    for start in range(0, len(images), size):
        batch = images[start : start + size]
        missing = size - len(batch)
        filled = np.concatenate([batch, np.zeros((missing, *images.shape[1:]), images.dtype)]) if missing else batch
        yield filled, len(batch)
