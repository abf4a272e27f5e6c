"""When a question is asked, in English words, for what leaves the pages: reports, preregistrations, tables."""

from collections.abc import Sequence

from studies.questionnaire.question import Question, QuestionKind


def condition_in_english(question: Question, questions: Sequence[Question]) -> str:
    """Return when one of the questions is asked, such as “only if “Glasses?” is yes”; empty where always."""
    condition = question.condition
    if condition is None:
        return ""
    on = next(other for other in questions if other.name == condition.question)
    if condition.places:
        verb = "includes" if on.kind is QuestionKind.CHOICES else "is"
        answers = f"{verb} {' or '.join(on.choices[place] for place in condition.places)}"
    elif condition.lowest == condition.highest:
        answers = f"is {condition.lowest}"
    elif condition.highest == on.highest:
        answers = f"is {condition.lowest} or more"
    elif condition.lowest == on.lowest:
        answers = f"is {condition.highest} or less"
    else:
        answers = f"is from {condition.lowest} to {condition.highest}"
    return f"only if “{on.text}” {answers}"


def asked_in_english(questions: Sequence[Question]) -> str:
    """Return what is asked: each question in quotation marks, and when it is asked, if not always."""
    told = [(question.text, condition_in_english(question, questions)) for question in questions]
    return "; ".join(f"“{text}”, {only_if}" if only_if else f"“{text}”" for text, only_if in told)
