"""What the analysed observers told of themselves: counts of choices, medians of numbers. Never who told what."""

from collections.abc import Iterable
from statistics import median
from typing import Any

from studies.models.session import Session
from studies.models.study import Study
from studies.questionnaire import Question, parse_questionnaire


def characteristics_of(study: Study, observers: Iterable[str]) -> list[dict[str, Any]]:
    """Summarise the answers to the study's questions.

    Parameters
    ----------
    study
        The study; without questions there is nothing to summarise.
    observers
        Labels of those who are analysed.

    Returns
    -------
    For each question its text, how many were asked and answered, and either `counts` by choice or `median`, `lowest`
    and `highest`, which are null where nobody answered.
    """
    questions = parse_questionnaire(study.questionnaire)
    if not questions:
        return []
    sessions = Session.objects.filter(observer__study=study, observer__label__in=list(observers))
    told = [{item["question"]: item["answer"] for item in session.questionnaire} for session in sessions]
    return [_summary(question, [answers.get(question.text, "") for answers in told]) for question in questions]


def _summary(question: Question, answers: list[str]) -> dict[str, Any]:
    given = [answer for answer in answers if answer]
    summary: dict[str, Any] = {"question": question.text, "asked": len(answers), "answered": len(given)}
    if not question.is_number:
        return summary | {"counts": {choice: given.count(choice) for choice in question.choices}}
    numbers = sorted(int(answer) for answer in given)
    return summary | {
        "median": float(median(numbers)) if numbers else None,
        "lowest": numbers[0] if numbers else None,
        "highest": numbers[-1] if numbers else None,
    }
