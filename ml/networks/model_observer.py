"""A small network that tells clean images from perturbed ones, and its training."""

import numpy as np
from numpy.typing import NDArray

from ml.images.augmentation import shuffled_batches
from ml.images.pixels import Pixels
from ml.networks.backend import Tensor, keras
from ml.networks.batches import Targets, TrainingBatches
from ml.networks.training.state import fit_resumable
from ml.networks.training.step_reports import StepReports
from ml.runs.checkpoints import Checkpoint
from perception.core.progress import Progress

layers = keras.layers

# The residual filter of Ker and Böhme 2008, which steganalysis knows as KV: the picture's content goes, what was added
# to it stays.
RESIDUAL_FILTER = (
    np.array(
        [[-1, 2, -2, 2, -1], [2, -6, 8, -6, 2], [-2, 8, -12, 8, -2], [2, -6, 8, -6, 2], [-1, 2, -2, 2, -1]],
        dtype=np.float32,
    )
    / 12
)
# Levels beyond which a residual is an edge of the picture.
LARGEST_RESIDUAL = 12.0
MOMENTUM = 0.9


def build_model_observer() -> keras.Model:
    """Return a network: image → how surely it was perturbed.

    After the networks of steganalysis (Ye, Ni, Yi 2017; Boroumand, Chen, Fridrich 2019): residuals of a fixed filter
    beside the picture itself, and no pooling before the third convolution, so that a faint change is not averaged away.

    Returns
    -------
    A functional model: float32 (batch, height, width, 3) in [0, 1], of any size → float32 (batch, 1) in [0, 1].
    """
    image = keras.Input((None, None, 3), name="image")
    levels = layers.Rescaling(255.0, name="levels")(image)
    filtering = layers.DepthwiseConv2D(5, padding="same", use_bias=False, trainable=False, name="residual_filter")
    residual = filtering(levels)
    filtering.set_weights([np.repeat(RESIDUAL_FILTER[:, :, None, None], 3, axis=2)])
    residual = keras.ops.clip(residual, -LARGEST_RESIDUAL, LARGEST_RESIDUAL)
    seen = layers.Concatenate(name="picture_and_residual")(
        [layers.Rescaling(2.0, -1.0, name="picture")(image), layers.Rescaling(1 / LARGEST_RESIDUAL)(residual)]
    )
    x = _convolution(seen, 12, "first")
    x = _residual_block(x, 12, "second")
    for channels, name in ((16, "third"), (24, "fourth"), (32, "fifth")):
        x = layers.AveragePooling2D(2, padding="same", name=f"{name}_pool")(x)
        x = _convolution(x, channels, name)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(image, layers.Dense(1, activation="sigmoid", name="perturbed")(x), name="model_observer")


def fit_model_observer(
    network: keras.Model,
    twins: Pixels,
    *,
    crop: int,
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    progress: Progress,
    checkpoint: Checkpoint,
) -> dict[str, list[float]]:
    """Train on random crops, mirrored and turned by quarters; both twins of a pair in one batch, cropped alike.

    Adam, a cosine to nothing.

    Parameters
    ----------
    network
        Of `build_model_observer`; its weights are changed.
    twins
        uint8 array of shape (pairs, 2, side, side, 3): clean, perturbed.
    crop
        Side of the crops, in pixels.
    batch_size
        Pairs a batch.

    Returns
    -------
    `loss` (cross-entropy) and `accuracy` of each step's batch.
    """
    order = shuffled_batches(len(twins), batch_size=batch_size, steps=steps, rng=np.random.default_rng(seed))
    reports = StepReports(total=steps, progress=progress, named=("loss", "accuracy"))
    network.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps)),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    batches = TwinBatches(twins, order, crop=crop, seed=seed)
    fit_resumable(network, network, batches, reports=reports, checkpoint=checkpoint)
    return reports.history


class TwinBatches(TrainingBatches):
    """Batches of crops of both twins of some pairs, the clean ones first."""

    def __init__(self, twins: Pixels, order: NDArray[np.int64], *, crop: int, seed: int, first_step: int = 0) -> None:
        """Keep the pairs; nothing is made yet."""
        super().__init__(twins, order, _truth, seed=seed, first_step=first_step)
        self._crop = crop

    def from_step(self, first_step: int) -> "TwinBatches":
        """Return the same batches without those before a step."""
        return TwinBatches(self._images, self._order, crop=self._crop, seed=self._seed, first_step=first_step)

    def __getitem__(self, step: int) -> tuple[NDArray[np.float32], Targets]:
        """Return the step's crops and truths; the same step gives the same batch."""
        step += self._first_step
        places = self._order[step]
        rng = np.random.default_rng([self._seed, step])
        crops = np.stack([_crop(self._images[place], self._crop, rng) for place in places], axis=1)
        return crops.reshape(-1, *crops.shape[2:]).astype(np.float32) / np.float32(255), self._targets(places)


def _truth(places: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return what the network is to say of a batch's images: clean ones, then their perturbed twins."""
    return np.repeat(np.array([0, 1], dtype=np.float32), len(places))[:, None]


def _crop(twins: Pixels, crop: int, rng: np.random.Generator) -> Pixels:
    """Cut the same place out of both twins, turned and mirrored alike: no pixel is computed anew."""
    top, left = rng.integers(0, twins.shape[1] - crop + 1, 2)
    cut = np.rot90(twins[:, top : top + crop, left : left + crop], int(rng.integers(4)), axes=(1, 2))
    return cut[:, :, ::-1] if rng.random() < 0.5 else cut


def _convolution(x: Tensor, channels: int, name: str) -> Tensor:
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=name)(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def _residual_block(x: Tensor, channels: int, name: str) -> Tensor:
    new = _convolution(x, channels, f"{name}_1")
    new = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"{name}_2")(new)
    new = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_2_norm")(new)
    return layers.Add(name=f"{name}_add")([x, new])
