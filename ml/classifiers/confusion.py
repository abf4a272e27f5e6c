"""What a classifier predicted of its test images, class by class: the confusion matrix and the recall of each class."""

from dataclasses import dataclass

from ml.classifiers.metrics import ClassifierMetrics
from perception.analysis.estimates.estimate import Estimate


@dataclass(frozen=True, slots=True)
class ConfusionRow:
    """The test images of one class."""

    name: str
    cells: list[tuple[int, float, bool]]
    """One a class that could be predicted: how many images, their share of the row, and whether it is the right one."""
    n: int
    recall: Estimate
    """Undefined where no image is of the class."""


def confusion_rows(metrics: ClassifierMetrics) -> list[ConfusionRow]:
    """Return the rows of a stored confusion matrix, truth by truth; none where it was not counted."""
    from perception.analysis.estimates.proportions import proportion  # brings SciPy: not when the server starts

    classes, matrix = metrics.get("classes", []), metrics.get("confusion", [])
    rows = []
    for place, (name, counts) in enumerate(zip(classes, matrix, strict=True)):
        n = sum(counts)
        cells = [
            (count, round(count / n, 3) if n else 0.0, place == predicted) for predicted, count in enumerate(counts)
        ]
        rows.append(ConfusionRow(name, cells, n, proportion(counts[place], n)))
    return rows


def accuracy_of(metrics: ClassifierMetrics) -> Estimate | None:
    """Return a classifier's accuracy on its test images with its interval; None where it was not measured."""
    from perception.analysis.estimates.proportions import proportion

    if not metrics.get("n"):
        return None
    return proportion(metrics["correct"], metrics["n"])
