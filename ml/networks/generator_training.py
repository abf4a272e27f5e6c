"""The training of a generator against a frozen classifier."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.augmentation import shuffled_batches
from ml.networks.backend import keras
from ml.networks.batches import TrainingBatches
from ml.networks.step_reports import StepReports
from ml.pixels import Pixels
from perception.progress import Progress

ops = keras.ops


def fit_generator(
    generator: Any,
    classifier: Any,
    images: Pixels,
    *,
    target: int,
    steps: int,
    batch_size: int,
    learning_rate: float,
    size_penalty: float,
    seed: int,
    progress: Progress,
) -> dict[str, list[float]]:
    """Train the generator to make the classifier say the target class.

    The loss is the logarithm of the batch's mean cross-entropy to the target class (Poursaeed et al. 2018, the
    targeted case), plus `size_penalty` times the mean squared change in levels². Adam with beta₁ 0.5, a cosine
    to nothing.

    Parameters
    ----------
    generator
        Images in [0, 1] → changes; its weights are changed.
    classifier
        Frozen: its weights are the same to the bit afterwards.
    images
        uint8 array of shape (n, side, side, 3).
    target
        Place of the target class in the classifier's class list.

    Returns
    -------
    `loss` of each step, and `fooled`, the share of the step's batch that the classifier read as the target class.
    """
    classifier.trainable = False
    before = weights_digest(classifier)
    composition = _compose(generator, classifier)
    composition.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps), beta_1=0.5),
        loss={"said": _log_cross_entropy, "size": _mean_value},
        loss_weights={"said": 1.0, "size": size_penalty},
        metrics={"said": [keras.metrics.SparseCategoricalAccuracy(name="fooled")]},
    )
    rng = np.random.default_rng(seed)
    order = shuffled_batches(len(images), batch_size=batch_size, steps=steps, rng=rng)

    def wanted(places: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        return {"said": np.full(len(places), target), "size": np.zeros((len(places), 1), dtype=np.float32)}

    reports = StepReports(total=steps, progress=progress, named=("loss", "said_fooled"))
    composition.fit(TrainingBatches(images, order, wanted), epochs=1, shuffle=False, verbose=0, callbacks=[reports])
    if weights_digest(classifier) != before:
        raise RuntimeError("the training of the attack changed the classifier's weights")
    return {"loss": reports.history["loss"], "fooled": reports.history["said_fooled"]}


def weights_digest(network: Any) -> str:
    """Return the SHA-256 of all weights, trainable or not, in the network's order."""
    digest = hashlib.sha256()
    for weight in network.get_weights():
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()


def _compose(generator: Any, classifier: Any) -> Any:
    """Join image → generator → add, clip → classifier; the second output is the change's mean square in levels²."""
    image = keras.Input(generator.input_shape[1:], name="image")
    change = generator(image)
    perturbed = ops.clip(image + change, 0.0, 1.0)
    # Called as at inference: frozen weights alone would still let batch normalisation follow the batch.
    said = classifier(perturbed, training=False)
    size = ops.mean(ops.square(255.0 * (perturbed - image)), axis=(1, 2, 3))
    return keras.Model(
        image,
        {"said": keras.layers.Identity(name="said")(said), "size": keras.layers.Reshape((1,), name="size")(size)},
    )


def _log_cross_entropy(target: Any, probabilities: Any) -> Any:
    return ops.log(ops.mean(keras.losses.sparse_categorical_crossentropy(target, probabilities)) + 1e-7)


def _mean_value(_: Any, value: Any) -> Any:
    return ops.mean(value)
