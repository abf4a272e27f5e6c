"""Names of classes and of the sides of a split, as folders and tables write them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from ml.datasets.readers.files import printable, quoted
from ml.errors import MlError

LONGEST_CLASS = 50
FEW = 3
MANY_TIMES = 5
"""A dataset of no more than so many times `FEW` images is small as a whole, and no class of it is told."""
SIDES_READ = "train, val, valid and test"
TRAIN, VALIDATION, TEST = "train", "validation", "test"
_SIDES = {
    **dict.fromkeys(("train", "training", "trainset", "train_set", "training_set"), TRAIN),
    **dict.fromkeys(("apprentissage", "entrainement", "entraînement"), TRAIN),
    **dict.fromkeys(("val", "valid", "validation", "dev", "val_set", "validation_set"), VALIDATION),
    **dict.fromkeys(("test", "testing", "testset", "test_set", "testing_set"), TEST),
}


def side_of(text: str) -> str | None:
    """Return which side of a split a name means: train, validation, test; None for any other name."""
    return _SIDES.get(text.strip().casefold().replace("-", "_").replace(" ", "_"))


def two_sides(sides: Iterable[str]) -> dict[str, str]:
    """Return on which side of a split in two each of the given sides goes.

    Validation images were looked at while a network was chosen, so they are no test; only where there is no other test
    do they stand for it.
    """
    given = set(sides)
    return {side: TRAIN if side == TRAIN or (side == VALIDATION and TEST in given) else TEST for side in given}


def told_split(sides: Iterable[str], source: str) -> str:
    """Return what was done with a split that the images came with, in words."""
    given = set(sides)
    validation = f"; images for validation count as {two_sides(given)[VALIDATION]}" if VALIDATION in given else ""
    return f"the split is kept as given by {source} ({', '.join(sorted(given))}){validation}; --split drawn draws one"


def told_few(counts: Mapping[str, int]) -> list[str]:
    """Return of which classes there are few images, in words; nothing where all are small."""
    if sum(counts.values()) <= MANY_TIMES * FEW:
        return []
    return [
        f"the class {printable(name)} has {count} {'image' if count == 1 else 'images'} only: too few to learn or to "
        "measure it"
        for name, count in sorted(counts.items())
        if count <= FEW
    ]


def check_alike(classes: Iterable[str], source: str) -> None:
    """Refuse classes whose names differ in case, blanks, `_`, `-` or how accents are written: they are meant as one.

    Raises
    ------
    MlError
        Names them.
    """
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(set(classes)):
        alike[re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFKC", name)).strip().casefold()].append(name)
    if twice := [names for names in alike.values() if len(names) > 1]:
        told = "; ".join(" and ".join(f"“{quoted(name)}”" for name in names[:4]) for names in twice[:5])
        raise MlError(
            f"{source}: {told} differ in case or blanks alone, and would be classes of their own. Write each diagnosis "
            "in one way, then import again; nothing was imported"
        )
