"""The rows of a study's answers as the analysis takes them: the same table that the CSV export holds."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.observations import WORDS, Observations, Task, codes_of, known_codes
from studies.answers.rows import AnswerRow
from studies.models.truth import Truth
from studies.trial_types import TrialType

TASKS: dict[frozenset[str], Task] = {frozenset(words): task for task, words in WORDS.items()}


class AskedStudy(Protocol):
    """What has to be known of a study to read its answers: the study itself knows it, and so does its protocol."""

    @property
    def trials(self) -> TrialType:
        """How a trial asks."""

    @property
    def asks_diagnosis(self) -> bool:
        """Whether there was a second question."""

    @property
    def n_subsets(self) -> int:
        """How many sets of images there are."""


def observations_of(study: AskedStudy, rows: Sequence[AnswerRow]) -> Observations:
    """Return the rows as arrays."""
    task = task_of(study)
    signal, _ = WORDS[task]
    observer, observers = codes_of([row.observer for row in rows])
    item, items = codes_of([row.item for row in rows])
    diagnosis, diagnoses = known_codes([row.diagnosis for row in rows])
    several = study.n_subsets > 1
    return Observations(
        task=task,
        observers=observers,
        items=items,
        observer=observer,
        item=item,
        truth=np.array([row.truth == signal for row in rows], dtype=bool),
        response=np.array([row.response == signal for row in rows], dtype=np.int8),
        catch=np.array([row.role == Truth.Role.CATCH for row in rows], dtype=bool),
        rating=_numbers([row.rating for row in rows]) if study.trials.ratings or study.trials.confidences else None,
        second=_diagnoses(rows) if study.asks_diagnosis else None,
        rt_ms=_numbers([row.rt_ms for row in rows]),
        strength=_numbers([row.strength for row in rows]),
        position=_numbers([row.position for row in rows]),
        diagnosis=diagnosis if diagnoses else None,
        diagnoses=diagnoses,
        subset_of_observer=_subsets(observer, len(observers), rows) if several else None,
        subset_of_item=_subsets(item, len(items), rows) if several else None,
    )


def task_of(study: AskedStudy) -> Task:
    """Return what the analysis makes of the study's trial type: the words of its right answers say it."""
    trials = study.trials
    if trials.images == 1:
        return "yes_no"
    return TASKS[frozenset((trials.expected((True, False)), trials.expected((False, trials.always_perturbed))))]


def _numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _diagnoses(rows: Sequence[AnswerRow]) -> NDArray[np.int8]:
    said = [int(row.diagnosis_answered == row.diagnosis) if row.diagnosis_answered else MISSING for row in rows]
    return np.array(said, dtype=np.int8)


def _subsets(codes: NDArray[np.intp], count: int, rows: Sequence[AnswerRow]) -> NDArray[np.intp]:
    """Return the set of images of each observer, or of each item; 0 where no row tells it."""
    subsets = np.zeros(count, dtype=np.intp)
    for code, row in zip(codes, rows, strict=True):
        subsets[code] = row.subset or subsets[code]
    return subsets
