"""What a browser sent → answers: which questions were due, what was answered to them, and what is wrong with it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from studies.questionnaire.question import BETWEEN_CHOICES, Question, QuestionKind

LONGEST_LINE_OF_TEXT = 100
"""Up to so many characters a text is one line; from there on it may have several."""
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a form.

    Attributes
    ----------
    answers
        By field name; a question that was passed over is not in it, nor is one that was not due.
    errors
        By field name, in the language of the moment.
    due
        The field names of the questions whose condition was met, or that have none.
    """

    answers: dict[str, str]
    errors: dict[str, str]
    due: frozenset[str] = frozenset()


class _UnfitError(Exception):
    """What was sent is no answer to the question; the message says what would be."""


def read_questionnaire(questions: Sequence[Question], post: Mapping[str, str]) -> Reading:
    """Read what was answered to the questions that were due; what was sent to others is dropped.

    A choice is sent by its place, from 0, so that it is the same in each language. Where several may be chosen, each
    has a field of its own (`choice_field`).
    """
    answers: dict[str, str] = {}
    errors: dict[str, str] = {}
    due: set[str] = set()
    by_name = {question.name: question for question in questions}
    for question in questions:
        condition = question.condition
        if condition and not by_name[condition.question].meets(condition, answers.get(condition.question, "")):
            continue
        due.add(question.name)
        try:
            answer = _answer(question, post)
        except _UnfitError as error:
            errors[question.name] = str(error)
            continue
        if answer:
            answers[question.name] = answer
        elif question.required:
            errors[question.name] = gettext("Please answer this question.")
    return Reading(answers, errors, frozenset(due))


def choice_field(question: Question, place: int) -> str:
    """Return the name of the field that is sent when a choice is ticked, of a question to which several may be."""
    return f"{question.name}-{place}"


def has_several_lines(question: Question) -> bool:
    """Tell whether an answer may have several lines."""
    return question.kind is QuestionKind.TEXT and question.longest > LONGEST_LINE_OF_TEXT


def _answer(question: Question, post: Mapping[str, str]) -> str:
    if question.kind is QuestionKind.CHOICES:
        ticked = [choice for place, choice in enumerate(question.choices) if post.get(choice_field(question, place))]
        return BETWEEN_CHOICES.join(ticked)
    sent = post.get(question.name, "").strip()
    if not sent:
        return ""
    if question.kind is QuestionKind.TEXT:
        return _text(question, sent)
    number = int(sent[:_MOST_DIGITS]) if sent.isascii() and sent.isdecimal() else -1
    if question.kind is QuestionKind.CHOICE:
        if not 0 <= number < len(question.choices):
            raise _UnfitError(gettext("Please choose one of the answers."))
        return question.choices[number]
    if not question.lowest <= number <= question.highest:
        between = {"lowest": question.lowest, "highest": question.highest}
        raise _UnfitError(gettext("Please give a whole number from %(lowest)d to %(highest)d.") % between)
    return str(number)


def _text(question: Question, sent: str) -> str:
    """Return a text as it is kept: lines end as in Python, and no character is left that controls a terminal."""
    lines = [_printable(line) for line in sent.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    text = "\n".join(lines).strip() if has_several_lines(question) else " ".join(" ".join(lines).split())
    if len(text) > question.longest:
        raise _UnfitError(
            gettext("Please write at most %(longest)d characters; these are %(n)d.")
            % {"longest": question.longest, "n": len(text)}
        )
    return text


def _printable(line: str) -> str:
    return "".join(sign for sign in line if sign == "\t" or unicodedata.category(sign) not in {"Cc", "Cs"}).rstrip()
