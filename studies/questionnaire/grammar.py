"""Lines of text → questions.

Whatever version 0.4 took as a question is taken as the same question: what has come since – scales, texts, several
choices, conditions – is written in ways that it refused. So a line of choices with | between them holds nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from studies.errors import StudyError
from studies.questionnaire.conditions import is_condition, parse_condition
from studies.questionnaire.question import Question, QuestionKind

MOST_QUESTIONS = 30
LONGEST_LINE = 300
MOST_CHARACTERS = 2_000
"""That a text may be limited to."""
MOST_POINTS = 11
"""Of a scale: as many as stand beside one another on a phone."""
_RANGE = r"(\d{1,6})\s*(?:-|–|to|à)\s*(\d{1,6})"
_NUMBER = re.compile(rf"(?:number|nombre)\s+{_RANGE}", re.IGNORECASE)
_SCALE = re.compile(rf"(?:scale|échelle|e\u0301chelle)\s+{_RANGE}\s*(?:\((.*)\))?", re.IGNORECASE)
_BETWEEN_ENDS = re.compile(r"\s+[-–—]\s+")
_TEXT = re.compile(r"(?:text|texte)\s+(\d{1,6})", re.IGNORECASE)
_BOX = re.compile(r"\[\s*\]")
_FULL_WIDTH = "：｜＊［］＝"
_QUOTED = 60
"""Characters of a line that a message repeats."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """What may be answered, as it stands after the colon."""

    kind: QuestionKind
    lowest: int = 0
    highest: int = 0
    ends: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    longest: int = 0


def parse_questionnaire(text: str) -> list[Question]:
    """Return the questions.

    Raises
    ------
    StudyError
        A line is neither a question nor a condition of the one above it; the message gives its number.
    """
    questions: list[Question] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line := line.strip():
            _add(line, number, questions)
    if len(questions) > MOST_QUESTIONS:
        raise StudyError(
            gettext("A questionnaire has at most %(most_questions)s questions; these are %(n)s.")
            % {"most_questions": MOST_QUESTIONS, "n": len(questions)}
        )
    return questions


def _add(line: str, line_number: int, questions: list[Question]) -> None:
    """Read one line: a further question, or the condition of the last one."""
    if len(line) > LONGEST_LINE:
        raise StudyError(
            gettext("Line %(line_number)s is longer than %(longest_line)s characters.")
            % {"line_number": line_number, "longest_line": LONGEST_LINE}
        )
    required = line.endswith("*")
    text, _, answers = (part.strip() for part in line.removesuffix("*").rpartition(":"))
    told = _answers(answers, line_number) if text and answers else None
    if told is None and is_condition(line):
        _add_condition(line, line_number, questions)
        return
    if told is None:
        raise StudyError(_refusal(line, line_number, answers if text else ""))
    if any(text == question.text for question in questions):
        raise StudyError(
            gettext("Line %(line_number)s asks the same as a line before: “%(texts)s”.")
            % {"line_number": line_number, "texts": text}
        )
    questions.append(
        Question(
            f"q{len(questions) + 1}",
            text,
            required,
            told.kind,
            lowest=told.lowest,
            highest=told.highest,
            ends=told.ends,
            choices=told.choices,
            longest=told.longest,
        )
    )


def _add_condition(line: str, line_number: int, questions: list[Question]) -> None:
    if not questions:
        raise StudyError(
            gettext("Line %(line_number)s is a condition, and no question stands above it.")
            % {"line_number": line_number}
        )
    *earlier, last = questions
    if last.condition:
        raise StudyError(
            gettext("Line %(line_number)s is a second condition of “%(question)s”: a question has one.")
            % {"line_number": line_number, "question": last.text}
        )
    questions[-1] = replace(last, condition=parse_condition(line, line_number, earlier))


def _answers(answers: str, line_number: int) -> _Answers | None:
    """Return what may be answered; None where the text after the colon says nothing of the kind.

    Raises
    ------
    StudyError
        It does, and a number is wrong, or the choices are.
    """
    if number := _NUMBER.fullmatch(answers):
        lowest, highest = _range(number, line_number)
        return _Answers(QuestionKind.NUMBER, lowest, highest)
    if "|" in answers:
        return _Answers(QuestionKind.CHOICE, choices=_choices(answers.split("|"), line_number, answers))
    if scale := _SCALE.fullmatch(answers):
        return _scale(scale, line_number)
    if text := _TEXT.fullmatch(answers):
        return _Answers(QuestionKind.TEXT, longest=_longest(int(text[1]), line_number))
    if _BOX.match(answers):
        _, *choices = _BOX.split(answers)
        return _Answers(QuestionKind.CHOICES, choices=_choices(choices, line_number, answers))
    return None


def _range(found: re.Match[str], line_number: int) -> tuple[int, int]:
    lowest, highest = int(found[1]), int(found[2])
    if lowest >= highest:
        raise StudyError(
            gettext("Line %(line_number)s: %(lowest)s is not below %(highest)s.")
            % {"line_number": line_number, "lowest": lowest, "highest": highest}
        )
    return lowest, highest


def _scale(found: re.Match[str], line_number: int) -> _Answers:
    lowest, highest = _range(found, line_number)
    if highest - lowest + 1 > MOST_POINTS:
        raise StudyError(
            gettext(
                "Line %(line_number)s: a scale has at most %(most)s points, so that they stand beside one another on a "
                "phone; ask for a number (“number %(lowest)s-%(highest)s”) instead."
            )
            % {"line_number": line_number, "most": MOST_POINTS, "lowest": lowest, "highest": highest}
        )
    if found[3] is None:
        return _Answers(QuestionKind.SCALE, lowest, highest)
    ends = tuple(end.strip() for end in _BETWEEN_ENDS.split(found[3]))
    if len(ends) != 2 or not all(ends):
        raise StudyError(
            gettext(
                "Line %(line_number)s: in the brackets stands what both ends of the scale mean, with a dash between "
                "spaces, such as “(not at all – very)”; not “(%(ends)s)”."
            )
            % {"line_number": line_number, "ends": found[3][:_QUOTED]}
        )
    return _Answers(QuestionKind.SCALE, lowest, highest, ends)


def _longest(longest: int, line_number: int) -> int:
    if not 1 <= longest <= MOST_CHARACTERS:
        raise StudyError(
            gettext("Line %(line_number)s: a text has from 1 to %(most)s characters, not %(longest)s.")
            % {"line_number": line_number, "most": MOST_CHARACTERS, "longest": longest}
        )
    return longest


def _choices(parts: Sequence[str], line_number: int, answers: str) -> tuple[str, ...]:
    choices = tuple(part.strip() for part in parts)
    if len(choices) < 2 or "" in choices or len(set(choices)) != len(choices):
        raise StudyError(
            gettext(
                "Line %(line_number)s: after the colon stand two or more different choices, with | between them or "
                "with [ ] before each; not “%(answers)s”."
            )
            % {"line_number": line_number, "answers": answers[:_QUOTED]}
        )
    return choices


def _refusal(line: str, line_number: int, answers: str) -> str:
    """Say why a line is no question, and what to write.

    Parameters
    ----------
    answers
        What stands after the last colon; empty where there is no colon, or nothing before or after it.
    """
    told = {"line_number": line_number, "line": line[:_QUOTED], "answers": answers[:_QUOTED]}
    if wide := next((sign for sign in line if sign in _FULL_WIDTH), ""):
        return gettext("Line %(line_number)s: “%(wide)s” is a full-width sign; write “%(narrow)s”.") % {
            **told,
            "wide": wide,
            "narrow": chr(ord(wide) - 0xFEE0),
        }
    if not answers:
        return (
            gettext(
                "Line %(line_number)s is no question: “%(line)s”. It needs a colon, and then “number 0-60”, or "
                "choices with | between them."
            )
            % told
        )
    if re.search(r"\s(?:if|si)\s", answers, re.IGNORECASE):
        return (
            gettext(
                "Line %(line_number)s: when a question is asked stands on a line of its own below it, such as “only if "
                "Specialty = dermatology”; not after “%(answers)s”."
            )
            % told
        )
    if re.match(r"(?:text|texte)\b", answers, re.IGNORECASE):
        return (
            gettext(
                "Line %(line_number)s: after “text” stands how many characters it may have, such as “text 300”, "
                "and nothing else; not “%(answers)s”."
            )
            % told
        )
    return (
        gettext(
            "Line %(line_number)s: after the colon stands “number 0-60”, “scale 1-7 (not at all – very)”, “text 300”, "
            "or two or more different choices with | between them (with [ ] before each, where several may be "
            "chosen); not “%(answers)s”. No choice can hold a colon."
        )
        % told
    )
