"""How many images of each class a dataset has on each side of its split: the paper's Figure 2."""

from dataclasses import dataclass

from django.db.models import Count

from ml.models import Dataset, Image


@dataclass(frozen=True, slots=True)
class ClassCount:
    """One class of a dataset."""

    name: str
    train: int
    test: int
    lesions: int
    """How many lesions the images show."""
    train_percent: float
    """Length of the bar of the train images, in percent of the longest class."""
    test_percent: float

    @property
    def total(self) -> int:
        """Images on both sides."""
        return self.train + self.test


@dataclass(frozen=True, slots=True)
class ClassDistribution:
    """The classes of a dataset, in the order of its class list, and their sums."""

    classes: list[ClassCount]
    train: int
    test: int
    lesions: int
    lesions_on_both_sides: int
    """Lesions with train and with test images: none where the split is grouped by lesion."""

    @property
    def total(self) -> int:
        """All images."""
        return self.train + self.test


def class_distribution(dataset: Dataset) -> ClassDistribution:
    """Count a dataset's images and lesions."""
    counts = {
        (row["diagnosis"], row["split"]): row["images"]
        for row in dataset.images.order_by().values("diagnosis", "split").annotate(images=Count("pk"))
    }
    lesions = {
        row["diagnosis"]: row["lesions"]
        for row in dataset.images.order_by().values("diagnosis").annotate(lesions=Count("lesion", distinct=True))
    }
    names = list(dict.fromkeys([*dataset.classes, *lesions]))
    longest = max((counts.get((name, "train"), 0) + counts.get((name, "test"), 0) for name in names), default=0) or 1
    rows = [
        ClassCount(
            name=name,
            train=(train := counts.get((name, Image.Split.TRAIN.value), 0)),
            test=(test := counts.get((name, Image.Split.TEST.value), 0)),
            lesions=lesions.get(name, 0),
            train_percent=round(100 * train / longest, 2),
            test_percent=round(100 * test / longest, 2),
        )
        for name in names
    ]
    sides = dataset.images.order_by().values("lesion").annotate(sides=Count("split", distinct=True))
    return ClassDistribution(
        classes=rows,
        train=sum(row.train for row in rows),
        test=sum(row.test for row in rows),
        lesions=sides.count(),
        lesions_on_both_sides=sides.filter(sides=2).count(),
    )
