"""A training that can be cut off and goes on: weights, the optimiser's memory and the figures so far, as bytes."""

import io

import numpy as np

from ml.errors import MlError
from ml.networks.backend import keras
from ml.networks.batches import TrainingBatches
from ml.networks.training.step_reports import StepReports
from perception.core.progress import KeptState

PART = "training.npz"


def fit_resumable(
    model: keras.Model, learner: keras.Model, batches: TrainingBatches, *, reports: StepReports, checkpoint: KeptState
) -> None:
    """Fit a compiled model, from the checkpoint's step on if there is one, and keep the checkpoint up to date.

    What comes out is the same, to the bit on one machine, whether or not the training was cut off (but for layers
    that draw at random in training, such as dropout: their draws are not kept).

    Parameters
    ----------
    model
        Compiled; what is fitted.
    learner
        The part of the model whose weights change.
    batches
        One batch a step, the same for the same step.

    Raises
    ------
    MlError
        The checkpoint is of another network.
    """
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    _make_metrics(model, batches)
    saved = checkpoint.read(PART)
    if saved is not None:
        _restore(saved, learner, optimizer, reports)
    writer = _CheckpointWriter(learner, optimizer, reports, checkpoint)
    rest = batches.from_step(reports.steps)
    if len(rest):
        model.fit(rest, epochs=1, shuffle=False, verbose=0, callbacks=[reports, writer])


def _make_metrics(model: keras.Model, batches: TrainingBatches) -> None:
    """Have the model make the variables of its losses and metrics now, not in its first step.

    TensorFlow traces a step that makes variables twice, and with many layers a trace takes seconds to minutes.
    """
    _, targets = batches[0]
    wanted = keras.tree.map_structure(lambda values: keras.ops.convert_to_tensor(values[:1]), targets)
    predicted = keras.tree.map_structure(lambda output: keras.ops.zeros((1, *output.shape[1:])), model.output)
    model.compute_loss(y=wanted, y_pred=predicted)
    model.compute_metrics(None, wanted, predicted)
    model.reset_metrics()


class _CheckpointWriter(keras.callbacks.Callback):
    """Writes the state after a step, when it is due."""

    def __init__(
        self, learner: keras.Model, optimizer: keras.Optimizer, reports: StepReports, checkpoint: KeptState
    ) -> None:
        super().__init__()
        self._learner = learner
        self._optimizer = optimizer
        self._reports = reports
        self._checkpoint = checkpoint

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Write if it is due."""
        self._checkpoint.write_if_due(PART, lambda: _as_bytes(self._learner, self._optimizer, self._reports))


def _as_bytes(learner: keras.Model, optimizer: keras.Optimizer, reports: StepReports) -> bytes:
    arrays = {f"weight_{place}": value for place, value in enumerate(learner.get_weights())}
    for place, variable in enumerate(optimizer.variables):
        arrays[f"optimizer_{place}"] = keras.ops.convert_to_numpy(variable)
    for name, values in reports.history.items():
        arrays[f"history_{name}"] = np.asarray(values)
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _restore(data: bytes, learner: keras.Model, optimizer: keras.Optimizer, reports: StepReports) -> None:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        try:
            learner.set_weights([arrays[f"weight_{place}"] for place in range(len(learner.get_weights()))])
            for place, variable in enumerate(optimizer.variables):
                variable.assign(arrays[f"optimizer_{place}"])
            for name in reports.history:
                reports.history[name] = arrays[f"history_{name}"].tolist()
        except (KeyError, ValueError) as error:
            raise MlError(f"The state that the run left is of another network: {error}") from error
