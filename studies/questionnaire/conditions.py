"""The line below a question that says when it is asked: “only if Specialty = dermatology or general practice”."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from studies.errors import StudyError
from studies.questionnaire.question import Condition, Question, QuestionKind, comparable

_KEYWORD = re.compile(r"(?:(?:only\s+)?if|(?:seulement\s+)?si)\s+", re.IGNORECASE)
_COMPARISON = re.compile(r"\s*(!=|>=|<=|[=≠≥≤<>])\s*")
_OR = re.compile(r" (?:or|ou) ")
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "=": (0, 0),
    ">=": (0, None),
    "≥": (0, None),
    ">": (1, None),
    "<=": (None, 0),
    "≤": (None, 0),
    "<": (None, -1),
}
"""What is added to the number for the least and the greatest that meet a condition; None: any."""
_RANGE = re.compile(r"(\d{1,6})(?:\s*(?:-|–|to|à)\s*(\d{1,6}))?")
_QUOTED = 60
"""Characters of a line that a message repeats."""


def is_condition(line: str) -> bool:
    """Tell whether a line that is no question is meant as a condition."""
    return bool(_KEYWORD.match(line) and _COMPARISON.search(line))


def parse_condition(line: str, line_number: int, earlier: Sequence[Question]) -> Condition:
    """Return the condition that a line tells.

    Parameters
    ----------
    line
        One of which `is_condition` is true.
    earlier
        The questions that it may rest on.

    Raises
    ------
    StudyError
        It rests on none of them, or on what cannot be answered to it; the message gives the number of the line.
    """
    told = comparable(_KEYWORD.sub("", line, count=1))
    for question, comparison, answers in _readings(told, earlier):
        if question.choices:
            return _among_choices(question, comparison, answers, line_number)
        if question.kind is QuestionKind.TEXT:
            raise StudyError(
                gettext(
                    "Line %(line_number)s: “%(question)s” asks for a text; a condition rests on a number, a scale or "
                    "choices."
                )
                % {"line_number": line_number, "question": question.text}
            )
        return _among_numbers(question, comparison, answers, line_number)
    named = _COMPARISON.split(_KEYWORD.sub("", line, count=1))[0]
    raise StudyError(
        gettext(
            "Line %(line_number)s: no earlier question is “%(named)s”. A condition names one that stands further up, "
            "word for word."
        )
        % {"line_number": line_number, "named": named[:_QUOTED]}
    )


def _readings(told: str, earlier: Sequence[Question]) -> Iterator[tuple[Question, str, str]]:
    """Give the earlier question that a condition begins with, how it compares, and with what; the longest text first.

    A question may itself hold a sign of comparison.
    """
    for question in sorted(earlier, key=lambda question: len(question.text), reverse=True):
        text = comparable(question.text)
        if told.startswith(text) and (comparison := _COMPARISON.match(told, len(text))):
            yield question, comparison[1], told[comparison.end() :]


def _among_choices(question: Question, comparison: str, answers: str, line_number: int) -> Condition:
    choices = [comparable(choice) for choice in question.choices]
    named = _named(answers, choices) if comparison == "=" else None
    if named is None:
        raise StudyError(
            gettext(
                "Line %(line_number)s: a condition on “%(question)s” is written as = and one of its choices "
                "(%(choices)s), or several with “or” between them; not “%(comparison)s %(answers)s”."
            )
            % {
                "line_number": line_number,
                "question": question.text,
                "choices": ", ".join(f"“{choice}”" for choice in question.choices),
                "comparison": comparison,
                "answers": answers[:_QUOTED],
            }
        )
    return Condition(question.name, places=tuple(place for place, choice in enumerate(choices) if choice in named))


def _named(answers: str, choices: Sequence[str]) -> list[str] | None:
    """Return the choices that stand in a text with “or” between them; None where something else does.

    A choice may itself hold an “or”.
    """
    before: dict[int, list[str]] = {0: []}  # for each place where a choice may begin: those that stand before it
    for start in range(len(answers)):
        for choice in choices if start in before else ():
            end = start + len(choice)
            if not answers.startswith(choice, start):
                continue
            if end == len(answers):
                return [*before[start], choice]
            if between := _OR.match(answers, end):
                before.setdefault(between.end(), [*before[start], choice])
    return None


def _among_numbers(question: Question, comparison: str, answers: str, line_number: int) -> Condition:
    found = _RANGE.fullmatch(answers)
    if found is None or comparison not in _BOUNDS or (found[2] and comparison != "="):
        raise StudyError(
            gettext(
                "Line %(line_number)s: “%(question)s” is answered by a number. A condition on it is written as = 5, "
                "= 5-10, >= 5 or <= 5; not “%(comparison)s %(answers)s”."
            )
            % {
                "line_number": line_number,
                "question": question.text,
                "comparison": comparison,
                "answers": answers[:_QUOTED],
            }
        )
    first, last = int(found[1]), int(found[2] or found[1])
    from_first, to_last = _BOUNDS[comparison]
    lowest = question.lowest if from_first is None else max(first + from_first, question.lowest)
    highest = question.highest if to_last is None else min(last + to_last, question.highest)
    if lowest > highest:
        raise StudyError(
            gettext(
                "Line %(line_number)s is never met: “%(question)s” is answered by a number from %(lowest)s to "
                "%(highest)s."
            )
            % {
                "line_number": line_number,
                "question": question.text,
                "lowest": question.lowest,
                "highest": question.highest,
            }
        )
    return Condition(question.name, lowest=lowest, highest=highest)
