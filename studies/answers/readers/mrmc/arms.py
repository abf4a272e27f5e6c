"""The arms of a study: which column of the answers says them, and what each image is in each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from perception.analysis.observations import WORDS
from perception.core.input_files.csv_rows import listed
from perception.core.input_files.errors import InputError, InputRowsError
from studies.answers.readers.answer_cells import AnswerCells
from studies.answers.readers.options import ReadingOptions

SURE_NAMES = frozenset(("arm", "modality", "attack"))
"""Of the names by which arms are found, those that can mean little else."""
MOST_GUESSED = 6
MOST_ARMS = 20
EVERY_ARM = frozenset(("", "none", "clean", "original", "no attack", "na", "n/a", "null"))
"""What stands in the place of an arm where a clean image stands for all of them."""
COUNTED: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "role": lambda cell: cell.casefold() not in ("practice", "catch"),
        "phase": lambda cell: cell.casefold() != "practice",
        "left_out": lambda reason: not reason,
    }
)
"""By column, whether an answer with such a cell counts."""
ABSENT = frozenset(absence for _, absence in WORDS.values())


def with_arms(table: AnswerCells, options: ReadingOptions) -> tuple[AnswerCells, list[str]]:
    """Return the answers with an item for each image in each arm, and what is to be said of how arms were found.

    A column is given (`--arm`), or one has a usual name. One that is not given is read as arms only where it names two
    to six, where somebody judged in two of them, and where it does not say the truth again; `condition` and
    `treatment`, which mean many things, only where somebody judged one image in two of them. An answer to a clean image
    without an arm stands in every arm.

    Parameters
    ----------
    table
        The answers, their words translated. The column `arm` is dropped where it is none.
    options
        Whether a column was given.

    Raises
    ------
    InputError
        The column that was given is not there, names one arm or too many, or nobody judged in two arms: observers of
        their own in each arm are another design.
    InputRowsError
        An answer to a perturbed image has no arm.
    """
    given = options.arm not in (None, options.NO_ARM)
    if "arm" not in table.cells:
        if given:
            raise InputError(f"no column {options.arm}, which --arm names", source=_sources(table))
        return table, []
    arm = _plain(table)
    counted = _counted(table)
    names = list(dict.fromkeys(name for name, counts in zip(arm, counted, strict=True) if counts and name))
    named = _column(table)
    sure = given or named == "modality of iMRMC"
    reason = _why_not(table, arm, counted, names, named)
    if sure:
        _require(table, arm, counted, names, named)
    elif reason is not None:
        told = [f"{_sources(table)}: the column {named} is not read as arms: {reason}"] if reason else []
        return _without(table), told
    _refuse_other_images(table, arm)
    images = table.cells["item"]
    items = [f"{image} · {one}" if one else image for image, one in zip(images, arm, strict=True)]
    cells = table.cells | {"arm": arm, "image": images, "item": items}
    note = f"{_sources(table)}: read as {len(names)} arms by the column {named}: {listed(names)}"
    told = [note if sure else f"{note}; --arm none reads all answers as one"]
    return replace(table, cells=cells), told


def _refuse_other_images(table: AnswerCells, arm: Sequence[str]) -> None:
    """Refuse items that are one image in one arm and another in another: they would be compared as the same one."""
    first: dict[str, int] = {}
    shown = table.cells.get("shown", [])
    for row, (item, image) in enumerate(zip(table.cells["item"], shown, strict=False)):
        other = first.setdefault(item, row)
        if image and shown[other] and image != shown[other] and arm[row] != arm[other]:
            raise table.error(
                row,
                "item",
                f"the item {{cell}} is the image {image} here, and {shown[other]} in {table.place(other, beside=row)}, "
                "in another arm: add --item-column image",
            )


def _plain(table: AnswerCells) -> list[str]:
    """Return the arm of each answer; nothing for a clean image that stands in every arm."""
    pairs = zip(table.cells["arm"], table.cells["truth"], strict=True)
    return ["" if arm.casefold() in EVERY_ARM and truth.casefold() in ABSENT else arm for arm, truth in pairs]


def _counted(table: AnswerCells) -> NDArray[np.bool_]:
    """Return which answers count: those of practice and of catch trials, and those left out, name no arm."""
    counted = np.ones(len(table), dtype=bool)
    for column, does_count in COUNTED.items():
        if column in table.cells:
            counted &= table.rows_that(column, does_count)
    return counted


def _why_not(
    table: AnswerCells, arm: Sequence[str], counted: NDArray[np.bool_], names: Sequence[str], named: str
) -> str | None:
    """Return why a column that was not given names no arms; an empty text where nothing need be said; None: it does."""
    if len(names) < 2:
        return ""
    if len(names) > MOST_GUESSED:
        return f"it has {len(names)} values"
    rows = [row for row in np.flatnonzero(counted).tolist() if arm[row]]
    truths = {(arm[row], table.cells["truth"][row].casefold()) for row in rows}
    if len(truths) == len(names) > 1 and len({truth for _, truth in truths}) > 1:
        return ""
    if _without_an_arm(table, arm, counted):
        return "it is empty beside perturbed images"
    if not _several(rows, arm, [table.cells["observer"]]):
        return f"no observer has answers in two of {listed(list(names))}"
    if named.casefold() not in SURE_NAMES and not _several(rows, arm, [table.cells["observer"], table.cells["item"]]):
        return f"no observer judged an image in two of {listed(list(names))}; --arm {named} reads it so"
    return None


def _require(
    table: AnswerCells, arm: Sequence[str], counted: NDArray[np.bool_], names: Sequence[str], named: str
) -> None:
    source = _sources(table)
    if len(names) < 2:
        found = listed(list(names)) or "nothing"
        raise InputError(f"two arms are compared, and it names {found} alone", source=source, column=named)
    if len(names) > MOST_ARMS:
        raise InputError(f"{len(names)} arms are too many; at most {MOST_ARMS}", source=source, column=named)
    if empty := _without_an_arm(table, arm, counted):
        told = [table.error(row, "arm", "the cell is empty: in which arm?") for row in empty[: InputRowsError.SHOWN]]
        raise InputRowsError(told, count=len(empty))
    rows = [row for row in np.flatnonzero(counted).tolist() if arm[row]]
    if not _several(rows, arm, [table.cells["observer"]]):
        raise InputError(
            f"no observer has answers in two of {listed(list(names))}. Arms are compared as judged by the same "
            "observers; observers of their own in each arm are another design, which is not analysed. For the figures "
            f"of one arm alone: --only {named.removesuffix(' of iMRMC')}={names[0]}",
            source=source,
            column=named,
        )


def _without_an_arm(table: AnswerCells, arm: Sequence[str], counted: NDArray[np.bool_]) -> list[int]:
    truths = table.cells["truth"]
    return [row for row in np.flatnonzero(counted).tolist() if not arm[row] and truths[row].casefold() not in ABSENT]


def _several(rows: Sequence[int], arm: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether some observer, or some observer and image, has answers in two arms."""
    first: dict[tuple[str, ...], str] = {}
    return any(first.setdefault(tuple(column[row] for column in columns), arm[row]) != arm[row] for row in rows)


def _without(table: AnswerCells) -> AnswerCells:
    return replace(table, cells={name: cells for name, cells in table.cells.items() if name != "arm"})


def _column(table: AnswerCells) -> str:
    """Return what the files call the column, the first of them that has it."""
    named = next((part.columns["arm"] for part in table.parts if "arm" in part.columns), "arm")
    return named if isinstance(named, str) else "arm"


def _sources(table: AnswerCells) -> str:
    return listed([part.source for part in table.parts])
