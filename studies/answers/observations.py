"""The rows of a study's answers as the analysis takes them: the same table that the CSV export holds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.observations import UNKNOWN, WORDS, Observations, Task
from studies.answers.frame import answers_frame
from studies.answers.rows import AnswerRow
from studies.models.truth import Truth
from studies.trial_types import TrialType

if TYPE_CHECKING:
    import pandas as pd

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
    def group_names(self) -> tuple[str, ...]:
        """The groups of observers that are compared; none in a study without."""


def observations_of(study: AskedStudy, rows: Sequence[AnswerRow]) -> Observations:
    """Return the rows as arrays."""
    frame = answers_frame(rows)
    task = task_of(study)
    signal, _ = WORDS[task]
    observer, observers = _codes(frame["observer"])
    item, items = _codes(frame["item"])
    diagnosis, diagnoses = _codes(frame["diagnosis"])
    several = study.n_subsets > 1
    arms = study.attack_names
    return Observations(
        task=task,
        observers=observers,
        items=items,
        observer=observer,
        item=item,
        truth=(frame["truth"] == signal).to_numpy(bool),
        response=(frame["response"] == signal).to_numpy(bool).astype(np.int8),
        catch=(frame["role"] == Truth.Role.CATCH).to_numpy(bool),
        rating=_numbers(frame["rating"]) if study.trials.ratings or study.trials.confidences else None,
        second=_diagnoses(frame) if study.asks_diagnosis else None,
        rt_ms=_numbers(frame["rt_ms"]),
        strength=_numbers(frame["strength"]),
        position=_numbers(frame["position"]),
        diagnosis=diagnosis if diagnoses else None,
        diagnoses=diagnoses,
        subset_of_observer=_subsets(frame, "observer", observers) if several else None,
        subset_of_item=_subsets(frame, "item", items) if several else None,
        arm=_arms(frame, arms) if arms else None,
        arms=arms,
        image=_codes(frame["image"])[0] if arms else None,
        own_images=study.draws_from_pool,
        group=_groups(frame, observers, study.group_names) if study.group_names else None,
        groups=study.group_names,
    )


def task_of(study: AskedStudy) -> Task:
    """Return what the analysis makes of the study's trial type: the words of its right answers say it."""
    trials = study.trials
    if trials.images == 1:
        return "yes_no"
    return TASKS[frozenset((trials.expected((True, False)), trials.expected((False, trials.always_perturbed))))]


def _codes(texts: "pd.Series") -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return each text's place among the different texts, which keep the order of their first appearance; −1: none."""
    codes, found = texts.factorize()
    return codes.astype(np.intp), tuple(map(str, found))


def _numbers(values: "pd.Series") -> NDArray[np.float64]:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _arms(frame: "pd.DataFrame", names: tuple[str, ...]) -> NDArray[np.intp]:
    """Return which attack perturbed each image; −1 for clean ones and catch trials, which stand for all of them."""
    codes: NDArray[np.intp] = frame["attack"].cat.set_categories(names).cat.codes.to_numpy().astype(np.intp)
    return codes


def _groups(frame: "pd.DataFrame", observers: tuple[str, ...], names: tuple[str, ...]) -> NDArray[np.intp]:
    """Return each observer's group; −1 of whoever is in none."""
    of_observer = dict(zip(frame["observer"].astype(object), frame["group"].astype(object), strict=True))
    return np.array(
        [names.index(group) if (group := of_observer[name]) in names else UNKNOWN for name in observers], dtype=np.intp
    )


def _diagnoses(frame: "pd.DataFrame") -> NDArray[np.int8]:
    answered, diagnosis = (frame[name].astype(object) for name in ("diagnosis_answered", "diagnosis"))
    return np.where(answered.isna(), MISSING, answered == diagnosis).astype(np.int8)


def _subsets(frame: "pd.DataFrame", by: str, names: tuple[str, ...]) -> NDArray[np.intp]:
    """Return the set of images of each observer, or of each item; 0 where no row tells it."""
    subsets = frame.groupby(by, observed=True)["subset"].last()
    return subsets.reindex(names).fillna(0).to_numpy(np.intp)
