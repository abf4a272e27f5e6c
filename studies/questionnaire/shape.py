"""Whether a translation asks the same as the questionnaire that it translates."""

from collections.abc import Sequence

from django.utils.translation import gettext

from studies.errors import StudyError
from studies.questionnaire.question import Question


def require_same_shape(questions: Sequence[Question], translated: Sequence[Question]) -> None:
    """Check that a translation asks the same things in the same order, under the same conditions.

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
        if _without_words(one) != _without_words(other):
            raise StudyError(
                gettext(
                    "Question %(number)s and its translation differ in more than words: both need the same "
                    "numbers, as many choices, and the same asterisk."
                )
                % {"number": number}
            )
        if one.condition != other.condition:
            raise StudyError(
                gettext(
                    "Question %(number)s and its translation are asked under different conditions: both need a line "
                    "“only if …” about the same question and the same answers, or neither."
                )
                % {"number": number}
            )


def _without_words(question: Question) -> tuple[object, ...]:
    limits = (question.lowest, question.highest, question.longest)
    return (question.kind, question.required, *limits, len(question.choices), len(question.ends))
