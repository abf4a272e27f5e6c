"""Twins by two folders, `clean` and `perturbed`, with the same names in both, and in `masks`, where there are any."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ml.datasets.readers.archive import Refusal, RefusalKind
from ml.datasets.readers.class_folders import TABLE_HELPS, read_class_folders
from ml.datasets.readers.class_names import LONGEST_CLASS
from ml.datasets.readers.files import ArchiveFile, printable
from ml.datasets.readers.table_names import name_of
from ml.errors import MlError
from ml.pairs.elsewhere.twins import CLEAN, MASKS, NO_DIAGNOSIS, PERTURBED, TwinFiles, TwinListing
from perception.core.input_files.image_names import normal_name

_TABLE_HELPS_PAIRS = "If a table says what each image shows, give it with --table"
_LISTED = 5


def read_twin_folders(images: Sequence[ArchiveFile], *, where: str) -> TwinListing:
    """Return the twins of two folders, paired by their names without the endings; a diagnosis is a folder below.

    A third folder, `masks`, may have an image of the same name for some pairs or for all.

    Parameters
    ----------
    images
        By their paths below the folder that holds the two.
    where
        That folder, for messages.

    Raises
    ------
    MlError
        One of the two folders has no image, or the folders below are no diagnoses.
    """
    by_side: dict[str, dict[str, ArchiveFile]] = {CLEAN: {}, PERTURBED: {}, MASKS: {}}
    listing = TwinListing([])
    others: set[str] = set()
    for file in images:
        top = _folder_of(file)
        if top not in by_side:
            others.add(file.path.parts[0])
            reason = "lies in none of the folders clean, perturbed and masks"
            listing.refusals.append(Refusal(RefusalKind.NO_TWIN, file.where, reason))
            continue
        below = replace(file, path=PurePosixPath(*file.path.parts[1:]))
        name = normal_name(name_of(below))
        first = by_side[top].setdefault(name, file)
        if first is not file:
            reason = f"{first.where} has the same name; names are to be unique without their endings"
            listing.refusals.append(Refusal(RefusalKind.DUPLICATE_NAME, file.where, reason))
    if missing := [side for side in (CLEAN, PERTURBED) if not by_side[side]]:
        beside = f"; it holds {', '.join(sorted(map(printable, others))[:_LISTED])}" if others else ""
        raise MlError(
            f"{where} has no images in the folder {' nor in '.join(missing)}{beside}. Give a folder or a zip that "
            "holds clean and perturbed, with the same names in both, or a table with the columns clean and perturbed "
            "(--table)"
        )
    classes = _classes(
        {name: file for name, file in by_side[CLEAN].items() if name in by_side[PERTURBED]}, listing, where
    )
    for side, other in ((CLEAN, PERTURBED), (PERTURBED, CLEAN)):
        listing.refusals += [
            Refusal(RefusalKind.NO_TWIN, file.where, f"there is no {other}/{name} with any ending")
            for name, file in by_side[side].items()
            if name not in by_side[other]
        ]
    listing.refusals += [
        Refusal(
            RefusalKind.NO_TWIN, file.where, f"a mask of no pair: there are not both clean/{name} and perturbed/{name}"
        )
        for name, file in by_side[MASKS].items()
        if name not in by_side[CLEAN] or name not in by_side[PERTURBED]
    ]
    listing.twins = [
        TwinFiles(
            name=name,
            clean=by_side[CLEAN][name],
            perturbed=by_side[PERTURBED][name],
            mask=by_side[MASKS].get(name),
            diagnosis=diagnosis,
        )
        for name, diagnosis in classes.items()
    ]
    return listing


def is_in_masks(file: ArchiveFile) -> bool:
    """Say whether a file lies in the folder of masks, by its path below the folder that holds it."""
    return _folder_of(file) == MASKS


def _folder_of(file: ArchiveFile) -> str:
    return file.path.parts[0].casefold() if len(file.path.parts) > 1 else ""


def _classes(clean: Mapping[str, ArchiveFile], listing: TwinListing, where: str) -> dict[str, str]:
    """Return the diagnosis of each image that can be used, by its name: its folder's name, where there are folders."""
    below = {name: replace(file, path=PurePosixPath(*file.path.parts[1:])) for name, file in clean.items()}
    folders = {file.path.parts[0] for file in below.values() if len(file.path.parts) > 1}
    if not folders:
        return dict.fromkeys(below, NO_DIAGNOSIS)
    if len(folders) == 1:
        only = unicodedata.normalize("NFC", next(iter(folders)))
        classes = {
            name: only for name, file in below.items() if len(file.path.parts) > 1 and len(only) <= LONGEST_CLASS
        }
        listing.refusals += [
            Refusal(RefusalKind.NO_LABEL, clean[name].where, "lies in no class's folder, as others do")
            for name in below
            if name not in classes
        ]
        return classes
    try:
        found = read_class_folders(list(below.values()), where=f"{where}/clean", keep_split=False)
    except MlError as error:
        raise MlError(re.sub(re.escape(TABLE_HELPS), _TABLE_HELPS_PAIRS, str(error))) from error
    listing.refusals += found.refusals
    listing.notes += found.notes
    return {name: found.classes[str(file.path)] for name, file in below.items() if str(file.path) in found.classes}
