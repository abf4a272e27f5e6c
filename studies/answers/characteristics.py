"""What the analysed observers told of themselves: counts of choices, medians of numbers.

Never who told what, and of what somebody wrote in their own words only that they did.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from studies.models.session import Session
from studies.models.study import Study
from studies.questionnaire import Question, QuestionKind, parse_questionnaire
from studies.questionnaire.wording import condition_in_english


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What was told to one question: how many were asked, and how many answered.

    It is all that is told of an answer in somebody's own words.
    """

    question: str
    asked: int
    answered: int
    only_if: str
    """When it was asked, such as “only if “Glasses?” is yes”; empty: always."""

    def as_dict(self) -> dict[str, Any]:
        """Return the question and both numbers as JSON, and when it was asked, if not always."""
        told: dict[str, Any] = {"question": self.question, "asked": self.asked, "answered": self.answered}
        return told | ({"condition": self.only_if} if self.only_if else {})


@dataclass(frozen=True, slots=True)
class ChoiceCounts(Characteristic):
    """How often each choice was made. Where several may be made, they are more than those who answered."""

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


@dataclass(frozen=True, slots=True)
class ScaleCounts(NumberRange):
    """The median of the points chosen on a scale, and how often each was chosen."""

    counts: dict[int, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the median, its range and the counts as JSON."""
        return NumberRange.as_dict(self) | {"counts": {str(point): count for point, count in self.counts.items()}}


def characteristics_of(study: Study, observers: Iterable[str]) -> tuple[Characteristic, ...]:
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
    return tuple(_summary(question, questions, told) for question in questions)


def _summary(question: Question, questions: Sequence[Question], told: Sequence[dict[str, str]]) -> Characteristic:
    """Summarise what was told to one question; one with a condition was asked of those for whom it was due."""
    asked = [answers for answers in told if question.condition is None or question.text in answers]
    given = [answer for answers in asked if (answer := answers.get(question.text, ""))]
    head = (question.text, len(asked), len(given), condition_in_english(question, questions))
    if question.kind is QuestionKind.TEXT:
        return Characteristic(*head)
    if question.choices:
        chosen = Counter(choice for answer in given for choice in question.chosen(answer))
        return ChoiceCounts(*head, {choice: chosen[choice] for choice in question.choices})
    numbers = sorted(int(answer) for answer in given)
    middle = float(median(numbers)) if numbers else None
    lowest, highest = (numbers[0], numbers[-1]) if numbers else (None, None)
    if question.kind is QuestionKind.NUMBER:
        return NumberRange(*head, middle, lowest, highest)
    counts = {point: numbers.count(point) for point in range(question.lowest, question.highest + 1)}
    return ScaleCounts(*head, middle, lowest, highest, counts)
