"""Marked places in a table of answers: whether each was right, as the column `place_hit` of exports says it."""

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.observations import Task
from studies.answers.readers.answer_cells import AnswerCells
from studies.answers.readers.cell_checks import Problems
from studies.answers.readers.words import NO_NUMBER

WORDS = {"1": 1, "1.0": 1, "true": 1, "0": 0, "0.0": 0, "false": 0}
"""Programs that know of missing values write whole numbers with a point, and flags as words."""


def placed_of(table: AnswerCells, task: Task, problems: Problems) -> NDArray[np.int8] | None:
    """Return whether the place of each row is right, 1 or 0, −1 where there is none; None where none was marked.

    Parameters
    ----------
    task
        Of the truths: in a file of other tasks a column of this name is something else.
    problems
        Where cells are told that say neither.
    """
    if task != "yes_no" or "place_hit" not in table.cells:
        return None
    codes, cells = table.coded("place_hit")
    known = np.array([cell.casefold() in WORDS or cell.casefold() in NO_NUMBER for cell in cells], dtype=bool)[codes]
    problems.add(np.flatnonzero(~known), "place_hit", "{cell} is neither 1, the right place, nor 0, a wrong one")
    placed = np.array([WORDS.get(cell.casefold(), MISSING) for cell in cells], dtype=np.int8)[codes]
    return None if (placed == MISSING).all() else placed
