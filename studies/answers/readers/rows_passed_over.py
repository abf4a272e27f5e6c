"""Rows of an experiment's own: they hold no answer, and are passed over and counted."""

from collections import Counter
from typing import TypeAlias

import numpy as np

from perception.core.input_files.csv_rows import listed
from studies.answers.readers.answer_cells import AnswerCells
from studies.answers.readers.words import NOTHING

NAMES_NOTHING = "name no image, truth or response"
OF_NOBODY = "name no observer and hold no response"
BESIDE_AN_ANSWER = "have no response where another row of the same observer and image has one"
Shown: TypeAlias = tuple[str, str]
"""An image, and the arm that it was shown in."""
_ORDER = (NAMES_NOTHING, OF_NOBODY, BESIDE_AN_ANSWER)


def without_own_rows(table: AnswerCells) -> tuple[AnswerCells, list[str]]:
    """Leave out the rows of an experiment's own, and return what is to be said of them.

    These are rows that name no image, no truth and no response (the beginning and the end of a task); rows that name
    no observer and no response (a task that nobody has annotated); and rows without a response where another row of
    the same observer and image has one (the fixation cross before the image).

    Parameters
    ----------
    table
        As a file has it, its words not translated yet.
    """
    cells = table.cells
    if "" not in cells["response"]:
        return table, []
    truths = cells.get("truth") or [""] * len(table)
    arms = cells.get("arm") or [""] * len(table)
    rows = list(zip(cells["observer"], zip(cells["item"], arms, strict=True), truths, cells["response"], strict=True))
    answered = {(observer, shown) for observer, shown, _, said in rows if said.casefold() not in NOTHING}
    reasons = [_reason(*row, answered=answered) for row in rows]
    kept = np.array([not reason for reason in reasons], dtype=bool)
    if kept.all() or not kept.any():
        return table, []
    counts = Counter(filter(None, reasons))
    told = " and ".join(f"{counts[reason]:,} {reason}" for reason in _ORDER if counts[reason])
    source = listed([part.source for part in table.parts])
    return table.where(kept), [f"{source}: of {len(table):,} rows, {told}; they are passed over"]


def _reason(observer: str, shown: Shown, truth: str, said: str, *, answered: set[tuple[str, Shown]]) -> str:
    """Return why a row holds no answer; nothing where it does, or where an answer is missing."""
    if said:
        return ""
    if not shown[0] and not truth:
        return NAMES_NOTHING
    if not observer:
        return OF_NOBODY
    return BESIDE_AN_ANSWER if (observer, shown) in answered else ""
