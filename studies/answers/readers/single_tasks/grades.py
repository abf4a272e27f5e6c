"""Grades of a degradation category rating in a table of answers: which column holds them, and what they amount to."""

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.degradation.grade_scale import GRADES, HIGHEST
from perception.analysis.observations import Task
from perception.core.input_files.coded_column import different
from studies.answers.readers.answer_cells import AnswerCells
from studies.answers.readers.cell_checks import UNKNOWN, Problems
from studies.answers.readers.words import NO_NUMBER

NUMBERS = {str(grade): float(grade) for grade in GRADES} | {f"{grade}.0": float(grade) for grade in GRADES}
"""Programs that know of missing values write whole numbers with a point."""

Grades = NDArray[np.float64]


def grades_of(table: AnswerCells, task: Task, problems: Problems) -> Grades | None:
    """Return the grade of each row, nan where there is none; None where nothing was graded.

    Parameters
    ----------
    task
        Of the truths: in a file of other tasks a column of this name is something else.
    problems
        Where cells are told that are no grade.
    """
    if task != "same_different":
        return None
    responses = {cell for cell in different(table.cells["response"]) if cell}
    column = "response" if responses and responses <= NUMBERS.keys() else "grade"
    if column not in table.cells:
        return None
    codes, cells = table.coded(column)
    known = np.array([cell in NUMBERS or cell.casefold() in NO_NUMBER for cell in cells], dtype=bool)[codes]
    problems.add(np.flatnonzero(~known), column, f"{{cell}} is no grade from 1 to {HIGHEST}")
    grades = np.array([NUMBERS.get(cell, np.nan) for cell in cells])[codes]
    return None if np.isnan(grades).all() else grades


def response_of_grades(
    table: AnswerCells, grades: Grades, response: NDArray[np.int8], problems: Problems
) -> NDArray[np.int8]:
    """Return the responses that the grades amount to: 1 below 5, 0 at 5; where there is no grade as they are.

    Parameters
    ----------
    response
        What the column of responses says, int8 of shape (rows,): 1, 0, `MISSING`, or `UNKNOWN` where it holds grades.
    problems
        Where responses are told that say something else than the grade beside them.
    """
    graded = ~np.isnan(grades)
    meant = np.where(grades < HIGHEST, 1, 0).astype(np.int8)
    contrary = graded & ~np.isin(response, (MISSING, UNKNOWN)) & (response != meant)
    problems.add(
        np.flatnonzero(contrary),
        "response",
        lambda row: f"the grade {grades[row]:g} beside it says “{'different' if meant[row] else 'same'}”",
    )
    return np.where(graded, meant, response)
