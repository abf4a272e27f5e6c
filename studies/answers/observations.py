"""The rows of a study's answers as the analysis takes them: the same table that the CSV export holds."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from perception.analysis.agreement.within_observers import RepeatedAnswers
from perception.analysis.answer_table import MISSING
from perception.analysis.observations import UNKNOWN, WORDS, Observations, Task, codes_of, known_codes
from perception.analysis.visibility.measures import MEASURES, measures_of_items
from studies.answers.exclusions import FIRST, RULES_OF_OBSERVERS, SECOND
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

    @property
    def draws_from_pool(self) -> bool:
        """Whether each observer judges images of their own."""

    @property
    def attack_names(self) -> tuple[str, ...]:
        """What the attacks that are compared are called; none in a study of one."""

    @property
    def control_name(self) -> str:
        """Which of the attacks is the positive control; empty where none is."""

    @property
    def group_names(self) -> tuple[str, ...]:
        """The groups of observers that are compared; none in a study without."""


def observations_of(study: AskedStudy, rows: Sequence[AnswerRow]) -> Observations:
    """Return the rows as arrays.

    Column by column, without pandas: of half a million answers in a second, in no more memory than the arrays take.
    """
    task = task_of(study)
    signal, _ = WORDS[task]
    observer, observers = codes_of([row.observer for row in rows])
    item, items = codes_of([row.item for row in rows])
    diagnosis, diagnoses = known_codes([row.diagnosis for row in rows])
    arms = study.attack_names
    several = study.n_subsets > 1
    subset = _numbers([row.subset for row in rows]) if several else None
    return Observations(
        task=task,
        observers=observers,
        items=items,
        observer=observer,
        item=item,
        truth=_marks([row.truth == signal for row in rows]),
        response=_marks([row.response == signal for row in rows]).astype(np.int8),
        catch=_marks([row.role == Truth.Role.CATCH for row in rows]),
        rating=_numbers([row.rating for row in rows]) if study.trials.ratings or study.trials.confidences else None,
        grade=_numbers([row.grade for row in rows]) if study.trials.grades else None,
        placed=_places(rows) if study.trials.marks_place else None,
        place_share=_numbers([row.place_share for row in rows]) if study.trials.marks_place else None,
        second=_diagnoses(rows) if study.asks_diagnosis else None,
        rt_ms=_numbers([row.rt_ms for row in rows]),
        strength=_numbers([row.strength for row in rows]),
        position=_numbers([row.position for row in rows]),
        diagnosis=diagnosis if diagnoses else None,
        diagnoses=diagnoses,
        subset_of_observer=None if subset is None else _subsets(observer, subset, len(observers)),
        subset_of_item=None if subset is None else _subsets(item, subset, len(items)),
        arm=_arms([row.attack for row in rows], arms) if arms else None,
        arms=arms,
        control=study.control_name,
        image=known_codes([row.image for row in rows])[0],
        own_images=study.draws_from_pool,
        group=_groups(rows, observers, study.group_names) if study.group_names else None,
        groups=study.group_names,
        measures=measures_of_items(
            {name: _numbers([getattr(row, name) for row in rows]) for name in MEASURES}, item, len(items)
        ),
    )


def repeated_answers_of(study: AskedStudy, rows: Sequence[AnswerRow], *, n_repeated: int) -> RepeatedAnswers:
    """Return what was answered twice, both answers side by side.

    Parameters
    ----------
    study
        What was asked.
    rows
        All answers with their marks: whoever is left out is not asked, and a pair counts where both answers do.
    n_repeated
        How many trials came back to each observer.
    """
    task = task_of(study)
    signal, _ = WORDS[task]
    kept = [row for row in rows if not row.left_out and row.role == Truth.Role.SERIES]
    first_of = {(row.observer, row.item): row for row in kept if row.showing == FIRST}
    second = [row for row in kept if row.showing == SECOND and (row.observer, row.item) in first_of]
    first = [first_of[row.observer, row.item] for row in second]
    asked = {row.observer for row in rows if row.left_out not in RULES_OF_OBSERVERS}
    observer, observers = codes_of([row.observer for row in second])
    rated = study.trials.ratings or study.trials.confidences or study.trials.grades
    return RepeatedAnswers(
        task=task,
        observers=observers,
        observer=observer,
        image=codes_of([row.image for row in second])[0],
        truth=_marks([row.truth == signal for row in second]),
        first=_marks([row.response == signal for row in first]).astype(np.int8),
        second=_marks([row.response == signal for row in second]).astype(np.int8),
        n_asked=n_repeated * len(asked),
        first_rating=_ratings(first) if rated else None,
        second_rating=_ratings(second) if rated else None,
    )


def _ratings(rows: Sequence[AnswerRow]) -> NDArray[np.float64]:
    """Return the rating that each answer has, or the grade; nan where there is neither."""
    return _numbers([row.rating if row.grade is None else row.grade for row in rows])


def task_of(study: AskedStudy) -> Task:
    """Return what the analysis makes of the study's trial type: the words of its right answers say it."""
    trials = study.trials
    if trials.images == 1:
        return "yes_no"
    return TASKS[frozenset((trials.expected((True, False)), trials.expected((False, trials.always_perturbed))))]


def _marks(flags: Sequence[bool]) -> NDArray[np.bool_]:
    return np.array(flags, dtype=bool)


def _numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return the numbers; nan where there is none."""
    return np.array(values, dtype=np.float64)


def _arms(attacks: Sequence[str], names: tuple[str, ...]) -> NDArray[np.intp]:
    """Return which attack perturbed each image; −1 for clean ones and catch trials, which stand for all of them."""
    code_of = {name: code for code, name in enumerate(names)}
    return np.array([code_of.get(attack, UNKNOWN) for attack in attacks], dtype=np.intp)


def _groups(rows: Sequence[AnswerRow], observers: tuple[str, ...], names: tuple[str, ...]) -> NDArray[np.intp]:
    """Return each observer's group; −1 of whoever is in none."""
    of_observer = {row.observer: row.group for row in rows}
    code_of = {name: code for code, name in enumerate(names)}
    return np.array([code_of.get(of_observer[name], UNKNOWN) for name in observers], dtype=np.intp)


def _places(rows: Sequence[AnswerRow]) -> NDArray[np.int8]:
    return np.array([MISSING if row.place_hit is None else row.place_hit for row in rows], dtype=np.int8)


def _diagnoses(rows: Sequence[AnswerRow]) -> NDArray[np.int8]:
    return np.array(
        [row.diagnosis_answered == row.diagnosis if row.diagnosis_answered else MISSING for row in rows], dtype=np.int8
    )


def _subsets(of_whom: NDArray[np.intp], subset: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Return the set of images of each observer, or of each item; 0 where no row tells it."""
    found = np.zeros(count, dtype=np.intp)
    told = ~np.isnan(subset)
    found[of_whom[told]] = subset[told].astype(np.intp)
    return found
