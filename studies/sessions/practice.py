"""Feedback on practice trials, and the examples of the instructions.

This reads `PracticeKey`, which holds practice stimuli and nothing else.
"""

from dataclasses import dataclass

from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.practice_key import PracticeKey
from studies.models.session import Session
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.trial import Trial


@dataclass(frozen=True, slots=True)
class Feedback:
    """What an observer is told after a practice trial."""

    trial: Trial
    response: str
    """What was answered."""
    expected: str
    """What was right."""
    marks: tuple[bool, ...]
    """For each image shown, whether it is perturbed."""
    is_last: bool
    """Whether the series comes next."""
    is_grade: bool = False
    """Whether it was a grade: there is none that is right, and only what was shown is told."""

    @property
    def is_right(self) -> bool:
        """Whether the answer was right."""
        return self.response == self.expected


@dataclass(frozen=True, slots=True)
class Example:
    """One of the two twins that the instructions show."""

    index: int
    """1 or 2; its address ends in it."""
    perturbed: bool


def feedback_on(*, session: Session, study: Study, trial_token: str) -> Feedback | None:
    """Return the feedback on an answered practice trial; None for any other trial."""
    practice = Trial.objects.filter(session=session, phase=Trial.Phase.PRACTICE)
    trial = practice.filter(token=trial_token).select_related("stimulus", "second_stimulus", "answer").first()
    if trial is None or not Answer.objects.filter(pk=trial.pk).exists():
        return None
    keys = _keys(list(trial.stimuli))
    return Feedback(
        trial=trial,
        response=trial.answer.response,
        expected=study.trials.expected(keys),
        marks=keys,
        is_last=not practice.filter(position__gt=trial.position).exists(),
        is_grade=trial.answer.grade is not None,
    )


def examples_for(observer: Observer) -> list[Example]:
    """Return the examples of the instructions; none where the study has no practice."""
    keys = _keys(example_stimuli(observer))
    return [Example(index, perturbed) for index, perturbed in enumerate(keys, start=1)]


def example_stimuli(observer: Observer) -> list[Stimulus]:
    """Return the two stimuli of the example; none where the study has no practice."""
    return [stimulus for index in (1, 2) if (stimulus := example_stimulus(observer, index)) is not None]


def example_stimulus(observer: Observer, index: int) -> Stimulus | None:
    """Return the stimulus of an example, 1 or 2; None where there is none."""
    numbers = (observer.plan or {}).get("example", [])
    if not 1 <= index <= len(numbers):
        return None
    return Stimulus.objects.filter(study_id=observer.study_id, number=numbers[index - 1]).first()


def _keys(stimuli: list[Stimulus]) -> tuple[bool, ...]:
    keys = dict(PracticeKey.objects.filter(stimulus__in=stimuli).values_list("stimulus_id", "perturbed"))
    return tuple(keys[stimulus.pk] for stimulus in stimuli)
