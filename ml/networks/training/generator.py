"""The training of a generator against a frozen classifier."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ml.images.augmentation import batches_of_all_classes, shuffled_batches, turned
from ml.images.pixels import Pixels
from ml.networks.backend import Tensor, keras
from ml.networks.batches import Targets, TrainingBatches
from ml.networks.generator_settings import GeneratorSettings
from ml.networks.training.state import fit_resumable
from ml.networks.training.step_reports import StepReports
from ml.networks.visibility.colour_difference import mean_squared_colour_difference
from ml.networks.visibility.contrast_sensitivity import mean_square_contrast
from ml.networks.visibility.loss_terms import (
    dissimilarity,
    mean_square,
    mean_square_seen,
    mean_square_step,
)
from ml.options import ON
from perception.core.progress import KeptState, Progress

ops = keras.ops

Measure: TypeAlias = Callable[[Tensor, Tensor], Tensor]

# Least probability that is told from none.
EPSILON = 1e-7


def fit_generator(
    generator: keras.Model,
    classifier: keras.Model,
    images: Pixels,
    labels: NDArray[np.int64],
    *,
    target: int,
    settings: GeneratorSettings,
    seed: int,
    progress: Progress,
    checkpoint: KeptState,
    drawn_from: NDArray[np.float32] | None = None,
) -> dict[str, list[float]]:
    """Train the generator to make the classifier say the target class.

    The loss is the logarithm of the batch's mean cross-entropy to the target class (Poursaeed et al. 2018, the
    targeted case) or the mean margin by which another class leads (after Carlini and Wagner 2017), plus what the
    settings ask of the change's size, smoothness, similarity and visibility. Adam with beta₁ 0.5, a cosine to nothing.

    Parameters
    ----------
    generator
        Images in [0, 1] → changes; its weights are changed.
    classifier
        Frozen: its weights are the same to the bit afterwards.
    images
        uint8 array of shape (n, side, side, 3).
    labels
        int64 array of shape (n,): places in the classifier's class list.
    target
        Place of the target class in the classifier's class list.
    drawn_from
        float32 array of shape (1, side, side, 3): what the generator is given instead of the image. One change for all
        images comes out.

    Returns
    -------
    `loss` of each step, and `fooled`, the share of the step's batch that the classifier read as the target class.
    """
    classifier.trainable = False
    before = weights_digest(classifier)
    penalties: dict[str, tuple[Measure, float]] = {
        "size": (mean_square, settings.size_penalty),
        "step": (mean_square_step, settings.smoothness_penalty),
        "unlike": (dissimilarity, settings.ssim_penalty),
        "seen": (mean_square_seen, settings.eye_penalty),
        "colour": (mean_squared_colour_difference, settings.colour_penalty),
        "contrast": (
            partial(mean_square_contrast, pixels_per_degree=settings.pixels_per_degree),
            settings.contrast_penalty,
        ),
    }
    weighted = {name: penalty for name, penalty in penalties.items() if penalty[1] > 0}
    composition = _compose(
        generator, classifier, {name: measure for name, (measure, _) in weighted.items()}, drawn_from
    )
    composition.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(settings.learning_rate, settings.steps), beta_1=0.5
        ),
        loss={"prediction": _loss(settings), **dict.fromkeys(weighted, _mean_value)},
        loss_weights={"prediction": 1.0, **{name: weight for name, (_, weight) in weighted.items()}},
        metrics={"prediction": [keras.metrics.SparseCategoricalAccuracy(name="fooled")]},
    )
    rng = np.random.default_rng(seed)
    if settings.draw == "classes-alike":
        order = batches_of_all_classes(labels, batch_size=settings.batch_size, steps=settings.steps, rng=rng)
    else:
        order = shuffled_batches(len(images), batch_size=settings.batch_size, steps=settings.steps, rng=rng)

    def wanted(places: NDArray[np.int64]) -> Targets:
        nothing = np.zeros((len(places), 1), dtype=np.float32)
        return {"prediction": np.full(len(places), target), **dict.fromkeys(weighted, nothing)}

    named = ("loss", "prediction_fooled" if weighted else "fooled")
    reports = StepReports(total=settings.steps, progress=progress, named=named)
    batches = TrainingBatches(images, order, wanted, alter=turned if settings.turn == ON else None, seed=seed)
    fit_resumable(composition, generator, batches, reports=reports, checkpoint=checkpoint)
    if weights_digest(classifier) != before:
        raise RuntimeError("the training of the attack changed the classifier's weights")
    return {name.removeprefix("prediction_"): values for name, values in reports.history.items()}


def weights_digest(network: keras.Model) -> str:
    """Return the SHA-256 of all weights, trainable or not, in the network's order."""
    digest = hashlib.sha256()
    for weight in network.get_weights():
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()


def _compose(
    generator: keras.Model,
    classifier: keras.Model,
    measures: Mapping[str, Measure],
    drawn_from: NDArray[np.float32] | None,
) -> keras.Model:
    """Join image → generator → add, clip → classifier; the further outputs measure the change."""
    image = keras.Input(generator.input_shape[1:], name="image")
    # The noise needs an input to hang on: one image's worth of nothing, which is then broadcast over the batch.
    seen = image if drawn_from is None else ops.zeros_like(ops.max(image, axis=0, keepdims=True)) + drawn_from
    perturbed = ops.clip(image + generator(seen), 0.0, 1.0)
    # Called as at inference: frozen weights alone would still let batch normalisation follow the batch.
    prediction = classifier(perturbed, training=False)
    outputs = {"prediction": keras.layers.Identity(name="prediction")(prediction)}
    for name, measure in measures.items():
        outputs[name] = keras.layers.Identity(name=name)(measure(image, perturbed))
    return keras.Model(image, outputs)


def _loss(settings: GeneratorSettings) -> Callable[[Tensor, Tensor], Tensor]:
    if settings.loss == "margin":
        return _Margin(settings.margin)
    return _log_cross_entropy


def _log_cross_entropy(target: Tensor, probabilities: Tensor) -> Tensor:
    return ops.log(ops.mean(keras.losses.sparse_categorical_crossentropy(target, probabilities)) + EPSILON)


class _Margin(keras.losses.Loss):
    """How far the log-probability of the target class is from leading by the margin; nothing once it does."""

    def __init__(self, margin: float) -> None:
        super().__init__(name="margin")
        self._margin = margin

    def call(self, target: Tensor, probabilities: Tensor) -> Tensor:
        """Return the lack of each image."""
        logs = ops.log(probabilities + EPSILON)
        wanted = ops.one_hot(ops.cast(ops.reshape(target, (-1,)), "int32"), probabilities.shape[-1])
        of_target = ops.sum(logs * wanted, axis=-1)
        of_others = ops.max(logs - 1e9 * wanted, axis=-1)
        return ops.relu(of_others - of_target + self._margin)


def _mean_value(_: Tensor, value: Tensor) -> Tensor:
    return ops.mean(value)
