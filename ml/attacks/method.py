"""What every attack is asked, and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ml.pixels import Pixels
from perception.progress import Progress

Perturb = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Images in [0, 1], float32 (batch, side, side, 3) → their perturbed twins, alike."""


@dataclass(frozen=True, slots=True)
class AttackOptions:
    """What the attack is to do, and how long it may learn it."""

    target: int
    """Place of the target class in the classifier's class list."""
    strength: float
    """Largest change to a pixel channel, in 8-bit levels."""
    steps: int
    batch_size: int
    learning_rate: float
    size_penalty: float
    """Weight of the mean squared change, in levels²."""
    seed: int


@dataclass(frozen=True, slots=True)
class TrainedAttack:
    """What the training left."""

    weights: bytes
    history: Mapping[str, Sequence[float]]
    """Figures of each step; `loss` is among them."""


class AttackMethod(Protocol):
    """One family of attacks. Its module imports no network at its top level."""

    def train(self, classifier: Any, images: Pixels, options: AttackOptions, progress: Progress) -> TrainedAttack:
        """Learn to perturb images such as these, uint8 (n, side, side, 3); the classifier stays as it is."""

    def perturber(self, weights: bytes, *, source: str) -> Perturb:
        """Return the function that perturbs.

        Raises
        ------
        MlError
            The weights are not readable; the message names `source`.
        """
