"""What the handbook and the form tell of a questionnaire is taken as it stands there."""

import re
from pathlib import Path

from django.conf import settings

from studies.models import Study
from studies.questionnaire import QuestionKind, parse_questionnaire, require_same_shape

HANDBOOK = Path(settings.BASE_DIR) / "docs" / "handbook-researcher.md"


def documented() -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return the questions in both languages, and the conditions in pairs of both."""
    section = HANDBOOK.read_text(encoding="utf-8").partition("### How a questionnaire is written")[2]
    rows = re.findall(r"^\| [^|]+ \| `(.+?)` \| `(.+?)` \|$", section, re.MULTILINE)
    pairs = [(english.replace("\\|", "|"), french.replace("\\|", "|")) for english, french in rows]
    questions = [pair for pair in pairs if not pair[0].startswith("only if")]
    return [pair[0] for pair in questions], [pair[1] for pair in questions], pairs[len(questions) :]


def test_every_line_of_the_handbook_asks_what_it_says() -> None:
    english, french, conditions = documented()

    questions = parse_questionnaire("\n".join(english))
    assert {question.kind for question in questions} == set(QuestionKind)
    require_same_shape(questions, parse_questionnaire("\n".join(french)))
    assert len(conditions) == 3
    for in_english, in_french in conditions:
        for lines, condition in ((english, in_english), (french, in_french)):
            *_, last = parse_questionnaire("\n".join([*lines, "A: text 9", condition]))
            assert last.condition is not None


def test_every_line_that_the_form_shows_asks_what_it_says() -> None:
    help_text = str(Study._meta.get_field("questionnaire").help_text)
    *lines, condition = re.findall("“(.+?)”", help_text)

    questions = parse_questionnaire("\n".join([*lines, "A: text 9", condition]))

    assert [question.kind for question in questions[:-1]] == [
        QuestionKind.NUMBER,
        QuestionKind.CHOICE,
        QuestionKind.CHOICES,
        QuestionKind.SCALE,
        QuestionKind.TEXT,
    ]
    assert questions[-1].condition is not None
