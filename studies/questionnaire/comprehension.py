"""Questions on what the instructions said: lines of a questionnaire, one choice marked as right. Pure.

How often may you look at an image?: once | as often as I like =
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from studies.errors import StudyError
from studies.questionnaire.grammar import parse_questionnaire
from studies.questionnaire.question import Question, QuestionKind
from studies.questionnaire.reading import Reading
from studies.questionnaire.shape import require_same_shape

RIGHT = "="
"""Stands after the choice that is right."""


@dataclass(frozen=True, slots=True)
class ComprehensionQuestion:
    """A question of which an answer is right.

    Attributes
    ----------
    question
        As the page asks it: an answer is required, and no choice is marked.
    right
        The place of the right choice, from 0.
    """

    question: Question
    right: int


def parse_comprehension(text: str) -> list[ComprehensionQuestion]:
    """Return the questions.

    Raises
    ------
    StudyError
        A line is no question with choices of which exactly one is marked as right.
    """
    return [_marked(question, number) for number, question in enumerate(parse_questionnaire(text), start=1)]


def require_same_comprehension(
    questions: Sequence[ComprehensionQuestion], translated: Sequence[ComprehensionQuestion]
) -> None:
    """Check that a translation asks the same, with the same choices marked as right.

    Raises
    ------
    StudyError
        It does not; the message gives the number of the question.
    """
    require_same_shape([one.question for one in questions], [one.question for one in translated])
    for number, (one, other) in enumerate(zip(questions, translated, strict=True), start=1):
        if one.right != other.right:
            raise StudyError(
                gettext("Question %(number)s and its translation have other choices marked as right.")
                % {"number": number}
            )


def n_right(questions: Sequence[ComprehensionQuestion], reading: Reading) -> int:
    """Return how many of the questions were answered right.

    Parameters
    ----------
    reading
        In the language of the questions.
    """
    return sum(reading.answers.get(one.question.name) == one.question.choices[one.right] for one in questions)


def _marked(question: Question, number: int) -> ComprehensionQuestion:
    told = {"number": number, "question": question.text}
    if question.kind is not QuestionKind.CHOICE or question.condition is not None:
        raise StudyError(
            gettext(
                "Question %(number)s, “%(question)s”: a question on the instructions has choices with | between them, "
                "and no condition."
            )
            % told
        )
    marked = [place for place, choice in enumerate(question.choices) if choice.endswith(RIGHT)]
    if len(marked) != 1:
        raise StudyError(
            gettext("Question %(number)s, “%(question)s”: put = after the one choice that is right.") % told
        )
    choices = tuple(choice.removesuffix(RIGHT).strip() for choice in question.choices)
    if "" in choices or len(set(choices)) != len(choices):
        raise StudyError(
            gettext("Question %(number)s, “%(question)s”: two choices are the same, or one is empty.") % told
        )
    return ComprehensionQuestion(replace(question, choices=choices, required=True), marked[0])
