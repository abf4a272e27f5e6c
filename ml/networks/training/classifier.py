"""The training of a classifier."""

import numpy as np
from numpy.typing import NDArray

from ml.images.augmentation import augment, shuffled_batches
from ml.images.pixels import Pixels
from ml.networks.backend import keras
from ml.networks.batches import TrainingBatches
from ml.networks.training.recomputation import RecomputingNetwork
from ml.networks.training.state import fit_resumable
from ml.networks.training.step_reports import StepReports
from perception.core.progress import KeptState, Progress

# The share of the steps in which the learning rate rises to its peak.
WARM_UP = 0.1


def fit_classifier(
    network: keras.Model,
    images: Pixels,
    labels: NDArray[np.int64],
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    progress: Progress,
    checkpoint: KeptState,
    recompute: bool = False,
) -> dict[str, list[float]]:
    """Train on rotated, mirrored and cropped images: Adam, a linear warm-up, a cosine to nothing.

    What comes out is to be given its statistics before it is used (`ml.networks.training.normalisation`).

    Parameters
    ----------
    network
        A classifier; its weights are changed.
    images
        uint8 array of shape (n, side, side, 3).
    labels
        int64 array of shape (n,): places in the classifier's class list.
    recompute
        Whether what the layers give is computed again on the way back instead of kept: less memory, more time.

    Returns
    -------
    `loss` (cross-entropy) and `accuracy` of each step's batch.
    """
    rng = np.random.default_rng(seed)
    order = shuffled_batches(len(images), batch_size=batch_size, steps=steps, rng=rng)
    reports = StepReports(total=steps, progress=progress, named=("loss", "accuracy"))
    learning = RecomputingNetwork(network) if recompute else network
    learning.compile(
        optimizer=keras.optimizers.Adam(_warm_up_and_cosine(learning_rate, steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    batches = TrainingBatches(images, order, lambda places: labels[places], alter=augment, seed=seed)
    fit_resumable(learning, network, batches, reports=reports, checkpoint=checkpoint)
    return reports.history


def _warm_up_and_cosine(peak: float, steps: int) -> keras.optimizers.schedules.CosineDecay:
    warm_up = int(WARM_UP * steps)
    if warm_up == 0:
        return keras.optimizers.schedules.CosineDecay(peak, decay_steps=steps)
    return keras.optimizers.schedules.CosineDecay(
        peak / warm_up, decay_steps=steps - warm_up, warmup_target=peak, warmup_steps=warm_up
    )
