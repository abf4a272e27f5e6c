"""What the attacks share that learn nothing beforehand: they ask the classifier about each image anew."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.attacks.method import AttackOptions, TrainedAttack
from ml.images.pixels import Pixels
from ml.networks.network import Network
from perception.core.progress import KeptState, Progress


class UntrainedAttack:
    """An attack without a training."""

    learns: ClassVar[bool] = False
    can_start_from: ClassVar[bool] = False
    asks_classifier: ClassVar[bool] = True

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
        """Return what such a training leaves: nothing."""
        return TrainedAttack()
