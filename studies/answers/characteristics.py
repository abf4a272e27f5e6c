"""What the analysed observers told of themselves: counts of choices, medians of numbers. Never who told what."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from studies.models.session import Session
from studies.models.study import Study
from studies.questionnaire import Question, parse_questionnaire


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What was told to one question: how many were asked, and how many answered."""

    question: str
    asked: int
    answered: int

    def as_dict(self) -> dict[str, Any]:
        """Return the question and both numbers as JSON."""
        return {"question": self.question, "asked": self.asked, "answered": self.answered}


@dataclass(frozen=True, slots=True)
class ChoiceCounts(Characteristic):
    """How often each choice was made."""

    counts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as JSON."""
        return Characteristic.as_dict(self) | {"counts": self.counts}


@dataclass(frozen=True, slots=True)
class NumberRange(Characteristic):
    """The median of the numbers told, the least and the greatest; None where nobody answered."""

    median: float | None
    lowest: int | None
    highest: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the median and its range as JSON."""
        return Characteristic.as_dict(self) | {"median": self.median, "lowest": self.lowest, "highest": self.highest}


def characteristics_of(study: Study, observers: Iterable[str]) -> tuple[ChoiceCounts | NumberRange, ...]:
    """Summarise the answers to the study's questions.

    Parameters
    ----------
    study
        The study; without questions there is nothing to summarise.
    observers
        Labels of those who are analysed.

    Returns
    -------
    One a question, in their order.
    """
    questions = parse_questionnaire(study.questionnaire)
    if not questions:
        return ()
    sessions = Session.objects.filter(observer__study=study, observer__label__in=list(observers))
    told = [{item["question"]: item["answer"] for item in session.questionnaire} for session in sessions]
    return tuple(_summary(question, [answers.get(question.text, "") for answers in told]) for question in questions)


def _summary(question: Question, answers: list[str]) -> ChoiceCounts | NumberRange:
    given = [answer for answer in answers if answer]
    asked, answered = len(answers), len(given)
    if not question.is_number:
        counts = {choice: given.count(choice) for choice in question.choices}
        return ChoiceCounts(question.text, asked, answered, counts)
    numbers = sorted(int(answer) for answer in given)
    if not numbers:
        return NumberRange(question.text, asked, answered, None, None, None)
    return NumberRange(question.text, asked, answered, float(median(numbers)), numbers[0], numbers[-1])
