"""Lines of text become questions, and what a browser sends becomes answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.errors import StudyError
from studies.questionnaire import Question, parse_questionnaire, read_questionnaire, require_same_shape

TEXT = """
Years of practice: number 0-60 *

Specialty: dermatology | general practice | other
Do you wear glasses?: yes | no*
"""


def test_it_works() -> None:
    assert parse_questionnaire(TEXT) == [
        Question("q1", "Years of practice", required=True, lowest=0, highest=60),
        Question("q2", "Specialty", required=False, choices=("dermatology", "general practice", "other")),
        Question("q3", "Do you wear glasses?", required=True, choices=("yes", "no")),
    ]
    assert parse_questionnaire(" \n ") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("What is your name?", "Line 1 is no question"),
        ("Fine: a | b\n\nName:", "Line 3 is no question"),
        (": a | b", "Line 1 is no question"),
        ("Age: number 60-0", "Line 1: 60 is not below 0"),
        ("Age: number", "Line 1: after the colon"),
        ("Age: a | a", "Line 1: after the colon"),
        ("Age: a | ", "Line 1: after the colon"),
        ("Age: a | b\nAge: number 1-2", "Line 2 asks the same"),
        ("x" * 301 + ": a | b", "Line 1 is longer than 300"),
        ("\n".join(f"Q{n}: a | b" for n in range(31)), "at most 30 questions; these are 31"),
    ],
)
def test_a_line_that_is_no_question_is_named(text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        parse_questionnaire(text)


@pytest.mark.parametrize(
    ("sent", "answers", "missing"),
    [
        ({"q1": "12", "q2": "1", "q3": "0"}, {"q1": "12", "q2": "general practice", "q3": "yes"}, set()),
        ({"q1": " 007 ", "q3": "1"}, {"q1": "7", "q3": "no"}, set()),
        ({}, {}, {"q1", "q3"}),
        ({"q1": "61", "q3": "2"}, {}, {"q1", "q3"}),
        ({"q1": "-1", "q2": "dermatology", "q3": "0"}, {"q3": "yes"}, {"q1", "q2"}),
        ({"q1": "1e1", "q2": "9" * 5000, "q3": "٠"}, {}, {"q1", "q2", "q3"}),
    ],
)
def test_answers_are_read_and_what_is_missing_is_named(
    sent: dict[str, str], answers: dict[str, str], missing: set[str]
) -> None:
    reading = read_questionnaire(parse_questionnaire(TEXT), sent)

    assert reading.answers == answers
    assert set(reading.errors) == missing


@given(st.dictionaries(st.sampled_from(["q1", "q2", "q3", "q4"]), st.text(max_size=30)))
def test_whatever_is_sent_nothing_but_the_choices_and_numbers_is_kept(sent: dict[str, str]) -> None:
    """No free text gets in."""
    answers = read_questionnaire(parse_questionnaire(TEXT), sent).answers

    assert set(answers) <= {"q1", "q2", "q3"}
    assert answers.get("q1", "0") in {str(number) for number in range(61)}
    assert answers.get("q2", "other") in {"dermatology", "general practice", "other"}
    assert answers.get("q3", "no") in {"yes", "no"}


@pytest.mark.parametrize(
    ("translation", "message"),
    [
        ("Âge : nombre 0-60", "has 2 questions, its translation 1"),
        ("Âge : nombre 0-61\nLunettes : oui | non", "Question 1 and its translation"),
        ("Âge : nombre 0-60\nLunettes : oui | non | parfois", "Question 2 and its translation"),
        ("Âge : nombre 0-60\nLunettes : oui | non *", "Question 2 and its translation"),
    ],
)
def test_a_translation_asks_the_same(translation: str, message: str) -> None:
    questions = parse_questionnaire("Age: number 0-60\nGlasses: yes | no")
    require_same_shape(questions, parse_questionnaire("Âge : nombre 0 à 60\nLunettes : oui | non"))

    with pytest.raises(StudyError, match=message):
        require_same_shape(questions, parse_questionnaire(translation))
