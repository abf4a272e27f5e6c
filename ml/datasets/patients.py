"""What an archive told of the people whom its images show, read from the images' JSON: one place knows its keys."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeAlias

from ml.models.dataset import Dataset
from ml.models.image import Image

Told: TypeAlias = Mapping[str, Any]
"""What an image's row holds, by the names of the archive's columns."""


@dataclass(frozen=True, slots=True)
class Patients:
    """What is told of the images on one side of a split; all counts are of images, since people have no names.

    Attributes
    ----------
    images
        How many there are.
    ages
        In years, ascending; of the images for which the archive has a number.
    sexes
        Word of the archive → images; empty where it told none.
    confirmations
        How a diagnosis was confirmed, in a word of the archive → images; likewise.
    """

    images: int
    ages: tuple[float, ...]
    sexes: Mapping[str, int]
    confirmations: Mapping[str, int]

    @property
    def median_age(self) -> float | None:
        """In years; None where no age is told."""
        return median(self.ages) if self.ages else None


def patients_of(dataset: Dataset) -> dict[str, Patients]:
    """Return side of the split → what is told of its images (one query)."""
    rows = list(dataset.images.order_by().values_list("split", "metadata"))
    return {side: _patients([told for where, told in rows if where == side]) for side in Image.Split.values}


def _patients(images: list[Told]) -> Patients:
    ages = [age for told in images if isinstance(age := told.get("age"), int | float) and math.isfinite(age)]
    return Patients(
        images=len(images),
        ages=tuple(sorted(ages)),
        sexes=_counted(told.get("sex") for told in images),
        confirmations=_counted(told.get("dx_type") for told in images),
    )


def _counted(words: Iterable[object]) -> dict[str, int]:
    """Count words, the most frequent first; what is empty is none."""
    counts = Counter(str(word) for word in words if word)
    return dict(sorted(counts.items(), key=lambda counted: (-counted[1], counted[0])))
