"""Items that observers judged twice, told by the column `showing`: the second answers, apart from the first."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from perception.analysis.agreement.within_observers import RepeatedAnswers
from perception.analysis.answer_table import MISSING
from perception.analysis.observations import Observations, codes_of
from studies.answers.readers.answer_cells import AnswerCells

SHOWING, SECOND = "showing", "2"
SHOWINGS = ("", "1", SECOND)


def parted_by_showing(table: AnswerCells) -> tuple[AnswerCells, AnswerCells | None]:
    """Return the first answers, and the second ones; None where the column says that nothing was shown twice.

    Parameters
    ----------
    table
        All answers. The column `showing`, where it is there, holds 1, 2 or nothing.

    Raises
    ------
    InputError
        A cell of it holds something else, or every one is 2.
    """
    if SHOWING not in table.cells:
        return table, None
    known = table.rows_that(SHOWING, lambda cell: cell in SHOWINGS)
    if not known.all():
        row = int(np.argmin(known))
        raise table.error(
            row, SHOWING, "{cell} is none of 1 and 2: the first time that an item is shown, and the second"
        )
    second = table.rows_that(SHOWING, lambda cell: cell == SECOND)
    if not second.any():
        return table, None
    if second.all():
        raise table.error(0, SHOWING, "every answer is one to a second showing; the first ones are missing")
    # What was wrong with single rows is told once, of the first.
    first, again = table.where(~second), table.where(second)
    return first, AnswerCells(again.parts, again.cells, hint=again.hint)


def answered_twice(first: Observations, second: Observations | None, *, n_asked: int) -> RepeatedAnswers:
    """Return both answers side by side of what an observer answered twice.

    Parameters
    ----------
    first, second
        The answers to both showings; None where none of the second is left.
    n_asked
        How many second showings there were.
    """
    answers = _by_cell(first)
    of_second = {} if second is None else _by_cell(second)
    pairs = [(cell, answers[cell], place) for cell, place in of_second.items() if cell in answers]
    observer, observers = codes_of([name for (name, _), _, _ in pairs])
    before = np.array([place for _, place, _ in pairs], dtype=np.intp)
    after = np.array([place for _, _, place in pairs], dtype=np.intp)
    ratings = _ratings(first), None if second is None else _ratings(second)
    return RepeatedAnswers(
        task=first.task,
        observers=observers,
        observer=observer,
        image=codes_of([item for (_, item), _, _ in pairs])[0],
        truth=first.truth[before],
        first=first.response[before],
        second=(first if second is None else second).response[after],
        n_asked=n_asked,
        first_rating=None if ratings[0] is None or ratings[1] is None else ratings[0][before],
        second_rating=None if ratings[0] is None or ratings[1] is None else ratings[1][after],
    )


def _ratings(answers: Observations) -> NDArray[np.float64] | None:
    """Return the ratings of answers, or else their grades; None where neither was asked for."""
    return answers.rating if answers.rating is not None else answers.grade


def _by_cell(answers: Observations) -> dict[tuple[str, str], int]:
    """Return where each observer's answer to each item stands; missing and middle answers, and catch trials, do not."""
    counted: Sequence[int] = np.flatnonzero((answers.response != MISSING) & ~answers.catch).tolist()
    return {
        (answers.observers[answers.observer[place]], answers.items[answers.item[place]]): place for place in counted
    }
