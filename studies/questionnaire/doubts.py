"""What is taken as a question and may be meant otherwise: to be looked at before a study opens."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from studies.questionnaire.question import Question, QuestionKind

_LIKE_ANOTHER_KIND = re.compile(r"(?:(?:number|nombre|scale|échelle|text|texte)\s+\d|\[\s*\])", re.IGNORECASE)
_LIKE_A_CONDITION = re.compile(r"\s(?:if|si)\s.*[=<>≥≤]", re.IGNORECASE)


def doubts_about(questions: Sequence[Question]) -> list[str]:
    """Return a sentence for whatever reads as if something else were meant, in the language of the moment."""
    return [doubt for question in questions for doubt in _doubts(question)]


def _doubts(question: Question) -> Iterator[str]:
    if "|" in question.text:
        yield (
            gettext("“%(question)s” is taken as a question: it ends with the last colon of its line.")
            % {"question": question.text}
        )
    if question.kind is not QuestionKind.CHOICE:
        return
    for choice in question.choices:
        told = {"choice": choice, "question": question.text}
        if _LIKE_ANOTHER_KIND.match(choice):
            yield (
                gettext("“%(choice)s” is offered as an answer to “%(question)s”: with | in a line, all are choices.")
                % told
            )
        if _LIKE_A_CONDITION.search(choice):
            yield (
                gettext(
                    "“%(choice)s” is offered as an answer to “%(question)s”: a condition stands on a line of its own, "
                    "below the question."
                )
                % told
            )
