"""A question, what may be answered to it, and when it is asked."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

BETWEEN_CHOICES = " | "
"""Between the choices of one answer, where several were chosen: no choice holds a bar."""


class QuestionKind(Enum):
    """What may be answered to a question."""

    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked: only if the answer to an earlier one is among some.

    Attributes
    ----------
    question
        The name of the earlier question's field.
    places
        Of the choices one of which must be chosen, from 0; empty where the earlier question asks for a number.
    lowest, highest
        Between which the number must lie, both included.
    """

    question: str
    places: tuple[int, ...] = ()
    lowest: int = 0
    highest: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes
    ----------
    name
        The field's name in the form: q1, q2, …
    lowest, highest
        Of a number or a scale, both included.
    ends
        What the ends of a scale mean; empty where it does not say.
    choices
        One of which is chosen, or several; empty for the other kinds.
    longest
        The most characters of a text.
    condition
        None where it is always asked.
    """

    name: str
    text: str
    required: bool
    kind: QuestionKind
    lowest: int = 0
    highest: int = 0
    ends: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    longest: int = 0
    condition: Condition | None = None

    def chosen(self, answer: str) -> tuple[str, ...]:
        """Return the choices that an answer consists of; none where nothing was answered."""
        return tuple(answer.split(BETWEEN_CHOICES)) if answer else ()

    def meets(self, condition: Condition, answer: str) -> bool:
        """Tell whether an answer to this question is among those that a condition asks for; an empty one never is."""
        if not answer:
            return False
        if condition.places:
            return any(self.choices[place] in self.chosen(answer) for place in condition.places)
        return condition.lowest <= int(answer) <= condition.highest


def question_asking(questions: Iterable[Question], text: str) -> Question | None:
    """Return the question of this text, or None; capitals and kinds of spaces and apostrophes make no difference.

    Where two questions differ in nothing else, it is the one that is written like the text.
    """
    alike = [question for question in questions if comparable(question.text) == comparable(text)]
    return next((question for question in alike if question.text == text), alike[0] if alike else None)


def comparable(text: str) -> str:
    """Return a text without what people do not tell apart: capitals, kinds of spaces, of apostrophes, of accents."""
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").casefold().split())
