"""What the rest of the program knows of a network, without Keras."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Network(Protocol):
    """A network that predicts: a Keras model, as `ml.networks` builds, trains and loads it."""

    def predict_on_batch(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what it gives for a batch of images, float32 of shape (batch, side, side, 3) in [0, 1]."""
