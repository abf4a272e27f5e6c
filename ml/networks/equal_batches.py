"""Images in batches of one size: a network is traced once, and what it says of an image hangs on no other image."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


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
