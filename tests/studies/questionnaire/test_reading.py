"""What a browser sent becomes answers to the questions that were due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.questionnaire import Question, QuestionKind, parse_questionnaire, read_questionnaire
from tests.studies.questionnaire.written import questionnaires

TEXT = """
Years of practice: number 0-60 *
Specialty: dermatology | general practice | other
Do you wear glasses?: yes | no*
Read: [ ] English [ ] French [ ] other
Tired?: scale 1-7 *
  only if Do you wear glasses? = yes
Why?: text 20 *
  only if Tired? >= 5
Remarks: text 120
"""


@pytest.mark.parametrize(
    ("sent", "answers", "missing"),
    [
        ({"q1": "12", "q2": "1", "q3": "1"}, {"q1": "12", "q2": "general practice", "q3": "no"}, set()),
        ({"q1": " 007 ", "q3": "1"}, {"q1": "7", "q3": "no"}, set()),
        ({}, {}, {"q1", "q3"}),
        ({"q1": "61", "q3": "2"}, {}, {"q1", "q3"}),
        ({"q1": "-1", "q2": "dermatology", "q3": "1"}, {"q3": "no"}, {"q1", "q2"}),
        ({"q1": "1e1", "q2": "9" * 5000, "q3": "٠"}, {}, {"q1", "q2", "q3"}),
        ({"q1": "1", "q3": "1", "q4-2": "1", "q4-0": "on"}, {"q1": "1", "q3": "no", "q4": "English | other"}, set()),
        ({"q1": "1", "q3": "1", "q4-3": "1", "q4": "0"}, {"q1": "1", "q3": "no"}, set()),
        ({"q1": "1", "q3": "0"}, {"q1": "1", "q3": "yes"}, {"q5"}),
        ({"q1": "1", "q3": "0", "q5": "8"}, {"q1": "1", "q3": "yes"}, {"q5"}),
        ({"q1": "1", "q3": "0", "q5": "4", "q6": "no"}, {"q1": "1", "q3": "yes", "q5": "4"}, set()),
        ({"q1": "1", "q3": "0", "q5": "5"}, {"q1": "1", "q3": "yes", "q5": "5"}, {"q6"}),
        ({"q1": "1", "q3": "1", "q5": "5", "q6": "due to what is not due"}, {"q1": "1", "q3": "no"}, set()),
        ({"q1": "1", "q3": "1", "q5": "no number", "q6": "x" * 999}, {"q1": "1", "q3": "no"}, set()),
        ({"q1": "1", "q3": "1", "q7": "x" * 121}, {"q1": "1", "q3": "no"}, {"q7"}),
    ],
)
def test_answers_are_read_and_what_is_missing_is_named(
    sent: dict[str, str], answers: dict[str, str], missing: set[str]
) -> None:
    reading = read_questionnaire(parse_questionnaire(TEXT), sent)

    assert reading.answers == answers
    assert set(reading.errors) == missing
    assert reading.due >= set(answers) | missing


@pytest.mark.parametrize(
    ("longest", "sent", "kept"),
    [
        (20, "  one\r\ntwo\tthree ", "one two three"),
        (120, " one \r\n\r\ntwo\rthree\n ", "one\n\ntwo\nthree"),
        (120, "a\0b\x1b[31mc\x85", "ab[31mc"),
        (120, "=1+1", "=1+1"),
        (3, "äöü", "äöü"),
        (120, "x\r\n" * 60, "x\n" * 59 + "x"),
        (20, "\0", ""),
    ],
)
def test_a_text_keeps_its_lines_where_it_may_have_several(longest: int, sent: str, kept: str) -> None:
    reading = read_questionnaire(parse_questionnaire(f"Remarks: text {longest}"), {"q1": sent})

    assert reading.errors == {}
    assert reading.answers.get("q1", "") == kept


def test_of_what_is_too_long_the_length_is_told() -> None:
    reading = read_questionnaire(parse_questionnaire("Remarks: text 5"), {"q1": "123456"})

    assert reading.errors == {"q1": "Please write at most 5 characters; these are 6."}


@given(
    st.dictionaries(st.sampled_from(["q1", "q2", "q3", "q4", "q4-0", "q4-2", "q5", "q6", "q7"]), st.text(max_size=30))
)
def test_whatever_is_sent_nothing_but_what_may_be_answered_is_kept(sent: dict[str, str]) -> None:
    """No free text gets in, but where it is asked for."""
    reading = read_questionnaire(parse_questionnaire(TEXT), sent)
    answers = reading.answers

    assert set(answers) <= reading.due <= {f"q{place}" for place in range(1, 8)}
    assert answers.get("q1", "0") in {str(number) for number in range(61)}
    assert answers.get("q2", "other") in {"dermatology", "general practice", "other"}
    assert answers.get("q3", "no") in {"yes", "no"}
    assert answers.get("q4", "other") in {"English", "other", "English | other"}
    assert ("q5" in reading.due) == (answers.get("q3") == "yes")
    assert len(answers.get("q6", "")) <= 20
    assert "\n" not in answers.get("q6", "")


@given(questionnaires(), st.data())
def test_what_is_given_to_questions_that_are_due_is_kept(questions: list[Question], data: st.DataObject) -> None:
    sent: dict[str, str] = {}
    expected: dict[str, str] = {}
    for question in questions:
        fields, answer = data.draw(_given_to(question))
        sent |= fields
        expected[question.name] = answer

    reading = read_questionnaire(questions, sent)

    assert reading.errors == {}
    assert reading.answers == {name: expected[name] for name in reading.due}
    by_name = {question.name: question for question in questions}
    for question in questions:
        condition = question.condition
        met = condition is None or (
            condition.question in reading.due
            and by_name[condition.question].meets(condition, expected[condition.question])
        )
        assert (question.name in reading.due) == met


@st.composite
def _given_to(draw: st.DrawFn, question: Question) -> tuple[dict[str, str], str]:
    """Draw what a browser sends when a question is answered, and what is to be kept of it."""
    if question.kind is QuestionKind.TEXT:
        text = draw(st.text(alphabet="aé<=,", min_size=1, max_size=question.longest))
        return {question.name: text}, text
    if question.kind is QuestionKind.CHOICES:
        places = sorted(draw(st.sets(st.integers(0, len(question.choices) - 1), min_size=1)))
        answer = " | ".join(question.choices[place] for place in places)
        return {f"{question.name}-{place}": "1" for place in places}, answer
    if question.kind is QuestionKind.CHOICE:
        place = draw(st.integers(0, len(question.choices) - 1))
        return {question.name: str(place)}, question.choices[place]
    number = str(draw(st.integers(question.lowest, question.highest)))
    return {question.name: number}, number
