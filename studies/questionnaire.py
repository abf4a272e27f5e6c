"""The questionnaire of a study: lines of text → questions, and what a browser sent → answers. Pure.

One question a line: the question, a colon, and what may be answered; an asterisk where an answer is required.

    Years of practice: number 0-60
    Specialty: dermatology | general practice | other *

There is no free text. It would invite names.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from studies.errors import StudyError

MOST_QUESTIONS = 30
LONGEST_LINE = 300
_NUMBER = re.compile(r"(?:number|nombre)\s+(\d{1,6})\s*(?:-|–|to|à)\s*(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: a whole number between two others, or one of some choices."""

    name: str
    """The field's name in the form: q1, q2, …"""
    text: str
    required: bool
    lowest: int = 0
    highest: int = 0
    choices: tuple[str, ...] = ()
    """None where a number is asked for."""

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for."""
        return not self.choices


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a form."""

    answers: dict[str, str]
    """By field name; a question that was passed over is not in it."""
    errors: dict[str, str]
    """By field name, in the language of the moment."""


def parse_questionnaire(text: str) -> list[Question]:
    """Return the questions.

    Raises
    ------
    StudyError
        A line is no question; the message gives its number.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_QUESTIONS:
        raise StudyError(
            gettext("A questionnaire has at most %(most_questions)s questions; these are %(n)s.")
            % {"most_questions": MOST_QUESTIONS, "n": len(lines)}
        )
    questions = [_question(f"q{place}", line_number, line) for place, (line_number, line) in enumerate(lines, start=1)]
    texts = [question.text for question in questions]
    for place, (line_number, _) in enumerate(lines):
        if texts[place] in texts[:place]:
            raise StudyError(
                gettext("Line %(line_number)s asks the same as a line before: “%(texts)s”.")
                % {"line_number": line_number, "texts": texts[place]}
            )
    return questions


def require_same_shape(questions: Sequence[Question], translated: Sequence[Question]) -> None:
    """Check that a translation asks the same things in the same order.

    Raises
    ------
    StudyError
        It does not; the message gives the number of the question.
    """
    if len(questions) != len(translated):
        raise StudyError(
            gettext("The questionnaire has %(n)s questions, its translation %(n2)s.")
            % {"n": len(questions), "n2": len(translated)}
        )
    for number, (one, other) in enumerate(zip(questions, translated, strict=True), start=1):
        alike = (one.required, one.lowest, one.highest, len(one.choices))
        if alike != (other.required, other.lowest, other.highest, len(other.choices)):
            raise StudyError(
                gettext(
                    "Question %(number)s and its translation differ in more than words: both need the same "
                    "numbers, as many choices, and the same asterisk."
                )
                % {"number": number}
            )


def read_questionnaire(questions: Sequence[Question], post: Mapping[str, str]) -> Reading:
    """Read what was answered. A choice is sent by its place, from 0, so that it is the same in each language."""
    answers: dict[str, str] = {}
    errors: dict[str, str] = {}
    for question in questions:
        sent = post.get(question.name, "").strip()
        if not sent:
            if question.required:
                errors[question.name] = gettext("Please answer this question.")
        elif question.is_number:
            if sent.isascii() and sent.isdecimal() and question.lowest <= int(sent[:9]) <= question.highest:
                answers[question.name] = str(int(sent))
            else:
                between = {"lowest": question.lowest, "highest": question.highest}
                errors[question.name] = gettext("Please give a whole number from %(lowest)d to %(highest)d.") % between
        elif sent.isascii() and sent.isdecimal() and int(sent[:9]) < len(question.choices):
            answers[question.name] = question.choices[int(sent)]
        else:
            errors[question.name] = gettext("Please choose one of the answers.")
    return Reading(answers, errors)


def _question(name: str, line_number: int, line: str) -> Question:
    if len(line) > LONGEST_LINE:
        raise StudyError(
            gettext("Line %(line_number)s is longer than %(longest_line)s characters.")
            % {"line_number": line_number, "longest_line": LONGEST_LINE}
        )
    required = line.endswith("*")
    text, colon, answers = line.removesuffix("*").rpartition(":")
    text, answers = text.strip(), answers.strip()
    if not colon or not text or not answers:
        raise StudyError(
            gettext(
                "Line %(line_number)s is no question: “%(line)s”. It needs a colon, and then “number 0-60”, or "
                "choices with | between them."
            )
            % {"line_number": line_number, "line": line[:60]}
        )
    if number := _NUMBER.fullmatch(answers):
        lowest, highest = int(number[1]), int(number[2])
        if lowest >= highest:
            raise StudyError(
                gettext("Line %(line_number)s: %(lowest)s is not below %(highest)s.")
                % {"line_number": line_number, "lowest": lowest, "highest": highest}
            )
        return Question(name, text, required, lowest=lowest, highest=highest)
    choices = tuple(choice.strip() for choice in answers.split("|"))
    if len(choices) < 2 or "" in choices or len(set(choices)) != len(choices):
        raise StudyError(
            gettext(
                "Line %(line_number)s: after the colon stands “number 0-60”, or two or more different choices "
                "with | between them; not “%(answers)s”."
            )
            % {"line_number": line_number, "answers": answers[:60]}
        )
    return Question(name, text, required, choices=choices)
