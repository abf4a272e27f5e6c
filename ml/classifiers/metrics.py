"""How well a classifier reads its test images, and its training pass by pass."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray


class ClassifierMetrics(TypedDict):
    """How a classifier read its test images, as JSON."""

    n: int
    correct: int
    accuracy: float
    balanced_accuracy: float
    """The mean recall of the classes that there are."""
    classes: list[str]
    confusion: list[list[int]]
    """Rows truth, columns predictions, in the order of `classes`."""


def classification_metrics(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], *, classes: Sequence[str]
) -> ClassifierMetrics:
    """Count what a classifier predicted.

    Parameters
    ----------
    truth, predicted
        int64 arrays of shape (n,): places in `classes`.
    """
    confusion = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    of_each = confusion.sum(axis=1)
    there = of_each > 0
    correct = int(np.trace(confusion))
    return {
        "n": len(truth),
        "correct": correct,
        "accuracy": correct / len(truth),
        "balanced_accuracy": float(np.mean(np.diag(confusion)[there] / of_each[there])),
        "classes": list(classes),
        "confusion": confusion.tolist(),
    }


def by_epoch(history: Mapping[str, Sequence[float]], *, steps_per_epoch: float) -> dict[str, list[float]]:
    """Average each figure over the steps of each pass."""
    steps = len(next(iter(history.values())))
    # A step that begins in a pass belongs to it; what rounding leaves after the last whole pass, to the last.
    passes = max(1, round(steps / steps_per_epoch))
    cuts = np.minimum((np.arange(steps) / steps_per_epoch).astype(np.int64), passes - 1)
    return {
        name: [round(float(np.mean(np.asarray(values)[cuts == epoch])), 5) for epoch in range(int(cuts[-1]) + 1)]
        for name, values in history.items()
    }
