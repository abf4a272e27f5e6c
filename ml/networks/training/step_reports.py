"""Keras' training loop tells how far it is."""

from ml.networks.backend import keras
from perception.core.progress import Progress


class StepReports(keras.callbacks.Callback):
    """Reports each step's own figures to a progress callback and keeps them.

    Keras shows running means over an epoch; these are the figures of single steps.
    """

    def __init__(self, *, total: int, progress: Progress, named: tuple[str, ...] = ("loss",)) -> None:
        """Report `total` steps; `named` are the figures kept."""
        super().__init__()
        self.history: dict[str, list[float]] = {name: [] for name in named}
        self._total = total
        self._progress = progress

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Forget the steps before."""
        self.model.reset_metrics()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Keep and report the step's figures."""
        for name, kept in self.history.items():
            kept.append(float((logs or {})[name]))
        figures = {name.removeprefix("prediction_"): kept[-1] for name, kept in self.history.items()}
        note = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
        self._progress(self.steps, self._total, note, figures)

    @property
    def steps(self) -> int:
        """How many steps are behind us."""
        return len(next(iter(self.history.values())))
