"""Answers as text → the arrays of the analysis: what is wrong is said with its place, all of it at once."""

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.observations import WORDS, Observations, Task, known_codes
from perception.analysis.visibility.measures import MEASURES, measures_of_items
from perception.core.input_files.coded_column import codes_of_numbers, different
from perception.core.input_files.errors import InputError
from studies.answers.readers.answer_cells import AnswerCells
from studies.answers.readers.cell_checks import UNKNOWN, Problems, is_number, wrong_cells
from studies.answers.readers.options import CROSSED, OWN_IMAGES
from studies.answers.readers.single_tasks.grades import grades_of, response_of_grades
from studies.answers.readers.single_tasks.places import placed_of
from studies.answers.readers.words import NEITHER, NO_NUMBER

CATCH, PRACTICE = "catch", "practice"
# Observers × images, a byte each. A table of answers that spans more has something else in the column of observers.
MOST_CELLS = 500_000_000

Mask = NDArray[np.bool_]


def observations_of(table: AnswerCells, *, own_images: bool = False) -> Observations:
    """Return the answers as arrays.

    The words of truth and response are `perturbed` and `clean`; or `different` and `same`; or `first` and `second`,
    where of two images the perturbed one stood, and which one was chosen; in any case. An empty response is a missing
    answer, and so is a row that is not there, unless the column `subset` says that the observer judged another set of
    images, or `own_images` that each judged images of their own. The response `neither` is a middle answer: none of the
    two, and not missing.

    Where truths are `different` and `same`, answers may be grades of a degradation category rating, 1 to 5, in the
    column `grade` or in that of responses: 5 is the response `same`, any lower one `different`.

    Of the other columns `rating` is read (higher means more surely perturbed), of marked places `place_hit` (1 for the
    right one, 0 for a wrong one) and `place_share` (of the image, in which a place is right), `role` (`catch` for
    catch trials), `diagnosis`, alone or beside `diagnosis_answered`, `rt_ms`, `strength`, `position` and the
    measures of the change (`perception.analysis.visibility.measures`). Rows whose role or phase is
    `practice` are left out, and so are those of which the column `left_out` gives a reason. Where `with_arms` found
    arms, `arm` names each answer's, and `image` what was shown, which is an item of its own in each arm; without arms
    `shown` names the image where several items are of one, as at several strengths.

    Raises
    ------
    InputRowsError
        Everything that is wrong with single rows: what the reader found, an unknown word, an empty name, a number
        that is none, an item with two truths, an observer who judged an item twice.
    InputError
        The table spans too many observers × images.
    """
    if any(different(table.cells.get("left_out", ()))):
        table = table.where(table.rows_that("left_out", lambda reason: not reason))
        if not len(table):
            raise InputError("every answer is marked as left out", source=table.parts[0].source, column="left_out")
    problems = Problems(table)
    task = _task(table)
    observer, observers = table.coded("observer")
    item, items = table.coded("item")
    truth, response = _words(table, "truth", task), _words(table, "response", task)
    grade = grades_of(table, task, problems)
    if grade is not None:
        response = response_of_grades(table, grade, response, problems)
    placed = placed_of(table, task, problems)
    wrong = wrong_cells(table, truth, response, task, problems)
    neither = _is(table, "response", NEITHER)
    good = np.flatnonzero(~wrong & ~_is(table, "role", PRACTICE) & ~_is(table, "phase", PRACTICE))
    if task != "two_afc":
        first = _first_rows(item, good)
        differs = truth[good] != truth[first]
        first_of = dict(zip(good[differs].tolist(), first[differs].tolist(), strict=True))
        problems.add(good[differs], "truth", lambda row: _two_truths(table, row, first_of[row]))
        good = good[~differs]
    first = _first_rows(observer * len(items) + item, good)
    repeated = good != first
    first_by = dict(zip(good[repeated].tolist(), first[repeated].tolist(), strict=True))
    problems.add(good[repeated], "item", lambda row: _judged_twice(table, row, first_by[row]))
    if problems.count:
        raise problems.error()
    if len(observers) * len(items) > MOST_CELLS:
        raise InputError(
            f"{len(observers):,} observers × {len(items):,} images are too many; is each observer's name the same in "
            "all of their rows?",
            source=table.parts[0].source,
            column="observer",
        )
    diagnosis, diagnoses = known_codes(table.cells.get("diagnosis", ()))
    arm, arms = known_codes(table.cells.get("arm", ()))
    shown = next((column for column in ("image", "shown") if column in table.cells), None)
    return Observations(
        task=task,
        observers=tuple(observers),
        items=tuple(items),
        observer=observer,
        item=item,
        truth=truth == 1,
        response=response,
        catch=_is(table, "role", CATCH),
        rating=_numbers(table, "rating"),
        grade=grade,
        second=_diagnoses(table),
        rt_ms=_numbers(table, "rt_ms"),
        strength=_numbers(table, "strength"),
        position=_numbers(table, "position"),
        diagnosis=diagnosis if diagnoses else None,
        diagnoses=diagnoses,
        subset_of_observer=_subsets(table, observer, len(observers)),
        subset_of_item=_subsets(table, item, len(items)),
        arm=arm if arms else None,
        arms=arms,
        image=known_codes(table.cells[shown])[0] if shown else None,
        placed=placed,
        place_share=_numbers(table, "place_share"),
        neither=neither if neither.any() else None,
        own_images=own_images,
        measures=_measures(table, item, len(items)),
    ).of(np.isin(np.arange(len(table)), good))


def _measures(table: AnswerCells, item: NDArray[np.intp], count: int) -> dict[str, NDArray[np.float64]]:
    """Return how large the change to each item is, by the measures that the table has columns of.

    A column of such a name that holds anything but numbers is another program's, and says something else.
    """
    measured = {}
    for name in MEASURES:
        if name in table.cells and all(is_number(cell) for cell in table.coded(name)[1]):
            numbers = _numbers(table, name)
            if numbers is not None:
                measured[name] = numbers
    return measures_of_items(measured, item, count)


def asks_own_images(table: AnswerCells, design: str | None) -> tuple[bool, list[str]]:
    """Tell whether each observer was asked about images of their own, and what is to be said of it.

    Parameters
    ----------
    table
        All answers, those among them that are left out.
    design
        What was said of it; None: told from the answers. Where the column `subset` says which images an observer
        judged, they were asked about these; else each about images of their own where at most half of the pairs of an
        observer and an image have a row.
    """
    series = ~(_is(table, "role", CATCH) | _is(table, "role", PRACTICE) | _is(table, "phase", PRACTICE))
    observer, _ = table.coded("observer")
    item, items = table.coded("item")
    n_cells = np.count_nonzero(np.bincount(observer[series])) * np.count_nonzero(np.bincount(item[series]))
    n_rows = len(codes_of_numbers(observer[series] * len(items) + item[series])[1])
    if design is None and (n_rows == n_cells or any(different(table.cells.get("subset", ())))):
        return False, []
    own = design == OWN_IMAGES or (design is None and 2 * n_rows <= n_cells)
    share = f"{n_rows:,} of {n_cells:,} pairs of an observer and an image have an answer"
    if own:
        other = "" if design else f"; if every observer was asked about every image, add: --design {CROSSED}"
        return True, [f"{share}: each observer was asked about images of their own, and no other is missing{other}"]
    other = "" if design else f"; if each observer was asked about images of their own, add: --design {OWN_IMAGES}"
    return False, [f"{share}: the {n_cells - n_rows:,} others are missing{other}"] if n_rows < n_cells else []


def _task(table: AnswerCells) -> Task:
    """Return whose words the truths are written in: those of the first truth that is written in any."""
    for cell in different(table.cells["truth"]):
        for task, words in WORDS.items():
            if cell.casefold() in words:
                return task
    return "yes_no"


def _is(table: AnswerCells, column: str, word: str) -> Mask:
    """Return in which rows the column, if it is there, says the word."""
    if column not in table.cells:
        return np.zeros(len(table), dtype=bool)
    return table.rows_that(column, lambda cell: cell.casefold() == word)


def _numbers(table: AnswerCells, column: str) -> NDArray[np.float64] | None:
    """Return a column of numbers, nan where the cell is empty; None where all are, or there is no such column."""
    if column not in table.cells:
        return None
    codes, cells = table.coded(column)
    numbers = np.array([np.nan if cell.casefold() in NO_NUMBER else float(cell) for cell in cells])
    return None if np.isnan(numbers).all() else numbers[codes]


def _subsets(table: AnswerCells, codes: NDArray[np.intp], count: int) -> NDArray[np.intp] | None:
    """Return a number for the set of images of each observer, or of each item; 0 where no row tells it."""
    if "subset" not in table.cells or not any(different(table.cells["subset"])):
        return None
    which, names = table.coded("subset")
    number = np.array([place + 1 if name else 0 for place, name in enumerate(names)], dtype=np.intp)[which]
    subsets = np.zeros(count, dtype=np.intp)
    np.maximum.at(subsets, codes, number)
    return subsets


def _diagnoses(table: AnswerCells) -> NDArray[np.int8] | None:
    """Return whether the observer's diagnosis was right; None where none was asked for."""
    answered = different(table.cells.get("diagnosis_answered", ()))
    if "diagnosis" not in table.cells or not any(answered):
        return None
    pairs = zip(table.cells["diagnosis"], table.cells["diagnosis_answered"], strict=True)
    return np.array([int(said == is_) if said else MISSING for is_, said in pairs], dtype=np.int8)


def _words(table: AnswerCells, column: str, task: Task) -> NDArray[np.int8]:
    """Return 1 for the signal, 0 for its absence, `MISSING` for no such answer, `UNKNOWN` for another; one a row."""
    signal, absence = WORDS[task]
    meaning = {signal: 1, absence: 0, "": MISSING} | ({NEITHER: MISSING} if column == "response" else {})
    codes, words = table.coded(column)
    return np.array([meaning.get(word.casefold(), UNKNOWN) for word in words], dtype=np.int8)[codes]


def _first_rows(key: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return, for each of the rows (ascending), the first of them whose key is the same."""
    which, known = codes_of_numbers(key[rows])
    first = np.empty(len(known), dtype=np.intp)
    first[which[::-1]] = rows[::-1]
    return first[which]


def _two_truths(table: AnswerCells, row: int, first: int) -> str:
    truth = table.cells["truth"][first].casefold()
    return f"the item {table.cells['item'][row]} is {truth} in {table.place(first, beside=row)}"


def _judged_twice(table: AnswerCells, row: int, first: int) -> str:
    observer, item = table.cells["observer"][row], table.cells["item"][row]
    return f"{observer} has judged the item {item} in {table.place(first, beside=row)}"
