"""Questions on the instructions: a questionnaire of choices, one of them marked as right."""

import pytest

from studies.errors import StudyError
from studies.questionnaire import read_questionnaire
from studies.questionnaire.comprehension import n_right, parse_comprehension, require_same_comprehension

TEXT = "How often may you look?: once | as often as I like =\nWho answers?: I alone = | my team"


def test_the_mark_is_read_and_shown_to_nobody() -> None:
    first, second = parse_comprehension(TEXT)
    assert (first.question.choices, first.right) == (("once", "as often as I like"), 1)
    assert (second.question.choices, second.right) == (("I alone", "my team"), 0)
    assert first.question.required


@pytest.mark.parametrize(("answers", "right"), [(("1", "0"), 2), (("1", "1"), 1), (("0", "1"), 0)])
def test_right_answers_are_counted(answers: tuple[str, str], right: int) -> None:
    questions = parse_comprehension(TEXT)
    reading = read_questionnaire([one.question for one in questions], dict(zip(("q1", "q2"), answers, strict=True)))
    assert n_right(questions, reading) == right


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Which?: one | two", "put = after the one choice"),
        ("Which?: one = | two =", "put = after the one choice"),
        ("Which?: one | one =", "the same"),
        ("Which?: one | =", "empty"),
        ("Age: number 1-9", "has choices"),
        ("Which?: one = | two\nWhy?: a = | b\n  only if Which? = two", "no condition"),
        ("no question", "Line 1"),
    ],
)
def test_what_is_no_such_question_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        parse_comprehension(text)


def test_a_translation_marks_the_same_choices() -> None:
    french = "Combien de fois ?: une | autant que je veux =\nQui répond ?: moi seul = | mon équipe"
    require_same_comprehension(parse_comprehension(TEXT), parse_comprehension(french))
    other = french.replace("moi seul =", "moi seul").replace("mon équipe", "mon équipe =")
    with pytest.raises(StudyError, match="other choices marked"):
        require_same_comprehension(parse_comprehension(TEXT), parse_comprehension(other))
