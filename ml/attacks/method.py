"""What every attack is asked, and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from ml.attacks.taxonomy import Technique
from ml.images.pixels import Pixels
from ml.networks.network import Network
from ml.options import AttackSettings, Settings
from perception.core.progress import KeptState, Progress

Perturb = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Images in [0, 1], float32 (batch, side, side, 3) → their perturbed twins, alike.

What an image becomes depends on the image and on the attack's seed, not on the batch that it comes in.
"""


@dataclass(frozen=True, slots=True)
class AttackOptions:
    """What every attack is asked."""

    target: int
    """Place of the target class in the classifier's class list."""
    strength: float
    """Largest change to a pixel channel, in 8-bit levels (of attacks that are not `bounded`: see there)."""
    seed: int
    settings: AttackSettings
    """An instance of the attack's own `settings` class."""
    start: bytes = b""
    """The weights of an attack of the same kind that the training begins with; empty is a beginning from nothing."""

    def settings_as(self, family: type[Settings]) -> Settings:
        """Return the settings as those of a family of attacks.

        Raises
        ------
        TypeError
            They are those of another.
        """
        if not isinstance(self.settings, family):
            raise TypeError(f"settings of {type(self.settings).__name__}, where {family.__name__} were to be")
        return self.settings


@dataclass(frozen=True, slots=True)
class TrainedAttack:
    """What the training left."""

    weights: bytes = b""
    """Empty if the attack learns nothing beforehand."""
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Figures of each step; `loss` is among them. Empty if the attack learns nothing beforehand."""


class AttackMethod(Protocol):
    """One family of attacks. Its module imports no network at its top level."""

    title: ClassVar[str]
    """Its name for people, with its source."""
    strength_explained: ClassVar[str]
    """What the strength is, for people."""
    learns: ClassVar[bool]
    """Whether it is trained on images before it perturbs any; what it learnt is then in the weights."""
    can_start_from: ClassVar[bool]
    """Whether its training can begin with the weights of another attack of its kind."""
    asks_classifier: ClassVar[bool]
    """Whether it needs the classifier to perturb an image."""
    bounded: ClassVar[bool]
    """Whether no pixel channel changes by more than the strength."""
    techniques: ClassVar[tuple[Technique, ...]]
    """Its entries in published catalogues of attacks."""
    settings: ClassVar[type[AttackSettings]]

    def train(
        self,
        classifier: Network,
        images: Pixels,
        labels: NDArray[np.int64],
        options: AttackOptions,
        *,
        progress: Progress,
        checkpoint: KeptState,
    ) -> TrainedAttack:
        """Learn to perturb images such as these, uint8 (n, side, side, 3); the classifier stays as it is.

        `labels`, int64 (n,), are the images' diagnoses as places in the classifier's class list.

        Called only if the attack `learns`.
        """

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that perturbs; `classifier` is the network, or None where the attack never asks it.

        Raises
        ------
        MlError
            The weights are not readable; the message names `source`.
        """
