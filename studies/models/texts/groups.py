"""The groups of observers that a study compares: a text with one a line."""

from django.utils.translation import gettext

from studies.errors import StudyError
from studies.questionnaire import Question, QuestionKind, parse_questionnaire, question_asking

LONGEST_GROUP = 60  # characters
MOST_GROUPS = 20


def parse_groups(text: str) -> tuple[str, ...]:
    """Return the names of groups, in their order; none of a text without lines.

    Raises
    ------
    StudyError
        One group alone, more than `MOST_GROUPS`, or a name that is too long or stands twice.
    """
    names = tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
    if len(names) == 1:
        raise StudyError(gettext("One group alone is no group: name two or more, one a line, or none."))
    if len(names) > MOST_GROUPS:
        raise StudyError(
            gettext("At most %(most)d groups can be compared; these are %(n)d.")
            % {"most": MOST_GROUPS, "n": len(names)}
        )
    for place, name in enumerate(names):
        if len(name) > LONGEST_GROUP:
            raise StudyError(
                gettext("The group “%(name)s…” has more than %(longest)d characters.")
                % {"name": name[:20], "longest": LONGEST_GROUP}
            )
        if name.casefold() in (other.casefold() for other in names[:place]):
            raise StudyError(gettext("The group “%(name)s” stands twice.") % {"name": name})
    return names


def require_group_question(questionnaire: str, text: str) -> Question:
    """Return the question by whose answer observers belong to a group.

    Raises
    ------
    StudyError
        There is no such question, not everybody has to answer it with one of several choices, or these cannot be
        groups.
    """
    question = question_asking(parse_questionnaire(questionnaire), text)
    if question is None:
        raise StudyError(gettext("The questionnaire has no question “%(text)s”.") % {"text": text.strip()[:60]})
    if question.kind is not QuestionKind.CHOICE or not question.required or question.condition is not None:
        raise StudyError(
            gettext(
                "Everybody must answer “%(text)s” with one choice: write it as “%(text)s: … | … *”, without “only if”."
            )
            % {"text": question.text}
        )
    parse_groups("\n".join(question.choices))
    return question
