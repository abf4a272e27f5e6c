"""Folders that say what their images show: one a class, or the sides of a split with one a class below each.

Folders that are no classes are recognised and refused, since each would become a diagnosis: a folder a patient, parts
of one set of images, the sides of a split without classes.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ml.datasets.readers.archive import Refusal, RefusalKind
from ml.datasets.readers.class_names import FEW, LONGEST_CLASS, check_alike, side_of, told_few, told_split, two_sides
from ml.datasets.readers.files import ArchiveFile, printable
from ml.errors import MlError

# So many folders of one to three images each are hardly diagnoses: with numbers in their names, and without.
MANY_FOLDERS, MANY_NAMES = 5, 20
TABLE_HELPS = "If a table says what each image shows, give it with --labels"
_PART = re.compile(r"(part|image|img|batch|chunk|fold|archive|disc|disk|volume|zip)", re.IGNORECASE)
_LISTED = 5


@dataclass(slots=True)
class ClassFolders:
    """What the folders say."""

    classes: dict[str, str]
    """The class of each image, by its path."""
    sides: dict[str, str]
    """The side of the split of each, `train` or `test`; empty where the folders give none."""
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_class_folders(
    images: Sequence[ArchiveFile], *, where: str, keep_split: bool, packed_as: str = ""
) -> ClassFolders:
    """Return the class of each image, and its side of the split where the folders give it.

    Parameters
    ----------
    images
        Those whose names can be used.
    where
        The folder that holds them, for messages.
    keep_split
        Whether a split that the folders give is kept.
    packed_as
        The name of the zip, without its ending: a folder called like it that holds everything is the one that was
        packed, and no class. Empty where nothing was packed.

    Raises
    ------
    MlError
        The folders are no classes, or fewer than two; says what they seem to be.
    """
    outer = 1 if images and all(file.path.parts[0] == packed_as for file in images) else 0
    tops = Counter(file.path.parts[outer] for file in images if len(file.path.parts) > outer + 1)
    sides = {name: side for name in tops if (side := side_of(name)) is not None}
    depth = outer
    if sides:
        _check_sides(images, sides, tops, where, outer)
        depth += 1
    found = ClassFolders(classes={}, sides={})
    into = two_sides(sides.values())
    for file in images:
        parts = file.path.parts
        if len(parts) < depth + 2:
            found.refusals.append(Refusal(RefusalKind.NO_LABEL, file.where, "lies in no class's folder"))
        elif len(parts[depth]) > LONGEST_CLASS:
            reason = f"its class's name has more than {LONGEST_CLASS} characters"
            found.refusals.append(Refusal(RefusalKind.BAD_LABEL, file.where, reason))
        else:
            found.classes[str(file.path)] = parts[depth]
            if sides and keep_split:
                found.sides[str(file.path)] = into[sides[parts[outer]]]
    counts = Counter(found.classes.values())
    _check_are_classes(found.classes, counts, where)
    check_alike(counts, where)
    if sides:
        given = set(sides.values())
        dropped = f"the split that the folders give ({', '.join(sorted(sides))}) is not kept: a new one is drawn"
        found.notes.append(told_split(given, "the folders") if keep_split else dropped)
    found.notes += told_few(counts)
    return found


def _check_sides(
    images: Sequence[ArchiveFile], sides: dict[str, str], tops: Counter[str], where: str, outer: int
) -> None:
    if others := sorted(set(tops) - set(sides)):
        raise MlError(
            f"{where} holds {_named(sides)}, named as the sides of a split, beside {_named(others)}. Give a folder of "
            f"classes, or of the sides of a split with the classes below each. {TABLE_HELPS}"
        )
    if not any(len(file.path.parts) > outer + 2 for file in images):
        raise MlError(
            f"{where} holds the sides of a split ({_named(sides)}) and no folder for each class below. {TABLE_HELPS}"
        )


def _check_are_classes(classes: dict[str, str], counts: Counter[str], where: str) -> None:
    names = sorted(counts)
    if len(names) < 2:
        found = f"the only folder with images is {printable(names[0])}" if names else "there is no image in a folder"
        raise MlError(f"{where} must hold one folder for each class, of two or more classes; {found}. {TABLE_HELPS}")
    if len({re.sub(r"\d+", "", name).casefold() for name in names}) == 1 and _PART.search(names[0]):
        raise MlError(
            f"{where}: the folders {_named(names)} seem to be parts of one set of images, not diagnoses. {TABLE_HELPS}"
        )
    numbered = all(any(map(str.isdigit, name)) for name in names)
    called_like_them = all(name.casefold() in path.split("/")[-1].casefold() for path, name in classes.items())
    many = len(names) >= (MANY_FOLDERS if numbered else MANY_NAMES) or (numbered and called_like_them)
    if max(counts.values()) <= FEW and many:
        raise MlError(
            f"{where}: the {len(names):,} folders {_named(names)} have one to {FEW} images each, as a folder for each "
            f"patient or lesion has; as classes they would be diagnoses. {TABLE_HELPS}"
        )
    if all(any(map(side_of, re.split(r"[\W_]+", name))) for name in names):
        raise MlError(
            f"{where}: the folders {_named(names)} seem to be the sides of a split, not diagnoses. {TABLE_HELPS}"
        )


def _named(names: Sequence[str] | dict[str, str]) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - _LISTED:,} more" if len(listed) > _LISTED else ""
    return ", ".join(printable(name) for name in listed[:_LISTED]) + more
