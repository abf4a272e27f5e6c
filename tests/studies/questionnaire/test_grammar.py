"""Lines of text become questions, or a message that names the line."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studies.errors import StudyError
from studies.questionnaire import Condition, Question, QuestionKind, doubts_about, parse_questionnaire, question_asking
from studies.questionnaire.wording import asked_in_english
from tests.studies.questionnaire import version_0_4
from tests.studies.questionnaire.written import questionnaires, written

TEXT = """
Specialty: dermatology | general practice | other *

Years of practice: number 0-60
  only if Specialty = dermatology or general practice
Languages you read: [ ] English [ ] French [] other
How tired are you?: scale 1-7 (not at all – very)*
Remarks: text 300
  if How tired are you? >= 5
"""


def test_it_works() -> None:
    languages = ("English", "French", "other")
    specialties = ("dermatology", "general practice", "other")
    assert parse_questionnaire(TEXT) == [
        Question("q1", "Specialty", required=True, kind=QuestionKind.CHOICE, choices=specialties),
        Question(
            "q2",
            "Years of practice",
            required=False,
            kind=QuestionKind.NUMBER,
            lowest=0,
            highest=60,
            condition=Condition("q1", places=(0, 1)),
        ),
        Question(
            "q3",
            "Languages you read",
            required=False,
            kind=QuestionKind.CHOICES,
            choices=languages,
        ),
        Question(
            "q4",
            "How tired are you?",
            required=True,
            kind=QuestionKind.SCALE,
            lowest=1,
            highest=7,
            ends=("not at all", "very"),
        ),
        Question(
            "q5",
            "Remarks",
            required=False,
            kind=QuestionKind.TEXT,
            longest=300,
            condition=Condition("q4", lowest=5, highest=7),
        ),
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
        ("Age: a | a", "Line 1: after the colon stand two or more different choices"),
        ("Age: a | ", "Line 1: after the colon stand two or more different choices"),
        ("Age: [ ] a", "Line 1: after the colon stand two or more different choices"),
        ("Age: [ ] a [ ] [ ] b", "Line 1: after the colon stand two or more different choices"),
        ("Age: a | b\nAge: number 1-2", "Line 2 asks the same"),
        ("x" * 301 + ": a | b", "Line 1 is longer than 300"),
        ("\n".join(f"Q{n}: a | b" for n in range(31)), "at most 30 questions; these are 31"),
        ("Ratio: 1:2 | 1:3", "Line 1: after the colon .* No choice can hold a colon"),
        ("Tired?: scale 7-1", "Line 1: 7 is not below 1"),
        ("Tired?: scale 0-100", "Line 1: a scale has at most 11 points"),
        ("Tired?: scale 1-7 (very)", r"Line 1: in the brackets .* not “\(very\)”"),
        ("Tired?: scale 1-7 (not - a bit - very)", "Line 1: in the brackets"),
        ("Tired?: scale 1-7 (–)", "Line 1: in the brackets"),
        ("Remarks: text", "Line 1: after “text” stands how many characters"),
        ("Remarks: text 300 characters", "Line 1: after “text” stands how many characters"),
        ("Remarks: text 0", "Line 1: a text has from 1 to 2000 characters, not 0"),
        ("Remarks: text 2001", "Line 1: a text has from 1 to 2000 characters, not 2001"),
        ("A: b | c\nAge：number 1-9", "Line 2: “：” is a full-width sign; write “:”"),
        ("Age: a｜b", "Line 1: “｜” is a full-width sign; write “|”"),
        ("A: b | c\nAge: number 1-9 if A = b", "Line 2: when a question is asked stands on a line of its own"),
        ("A: b | c\nÂge : texte 9 si A = b", "Line 2: when a question is asked stands on a line of its own"),
        ("only if A = b", "Line 1 is a condition, and no question stands above it"),
        ("A: b | c\nonly if A = b", "Line 2: no earlier question is “A”"),
        ("A: b | c\nAge: number 1-9\nonly if Other = b", "Line 3: no earlier question is “Other”"),
        ("Age: number 1-9\nonly if A = b\nA: b | c", "Line 2: no earlier question is “A”"),
        ("A: b | c\nAge: number 1-9\nonly if A = d", r"Line 3: a condition on “A” .* \(“b”, “c”\).* not “= d”"),
        ("A: b | c\nAge: number 1-9\nonly if A = b or d", "Line 3: a condition on “A” .* not “= b or d”"),
        ("A: b | c\nAge: number 1-9\nonly if A != b", "Line 3: a condition on “A” .* not “!= b”"),
        ("A: b | c\nAge: number 1-9\nonly if A = b\nif A = c", "Line 4 is a second condition of “Age”"),
        ("A: number 1-5\nB: text 9\nif A = many", "Line 3: “A” is answered by a number"),
        ("A: number 1-5\nB: text 9\nif A != 2", "Line 3: “A” is answered by a number"),
        ("A: number 1-5\nB: text 9\nif A >= 2-3", "Line 3: “A” is answered by a number"),
        ("A: number 1-5\nB: text 9\nif A > 5", "Line 3 is never met: “A” is answered by a number from 1 to 5"),
        ("A: text 9\nB: text 9\nif A = yes", "Line 3: “A” asks for a text"),
    ],
)
def test_a_line_that_is_no_question_is_named(text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        parse_questionnaire(text)


@pytest.mark.parametrize(
    ("line", "text", "kind"),
    [
        ("Note: how long: number 0-60", "Note: how long", QuestionKind.NUMBER),
        ("Do you stop if you are tired?: yes | no", "Do you stop if you are tired?", QuestionKind.CHOICE),
        ("If you smoke, since when: text 40", "If you smoke, since when", QuestionKind.TEXT),
        ("Only if you smoke: pipe | cigar", "Only if you smoke", QuestionKind.CHOICE),
        ("Âge\u00a0: nombre\u202f0-60", "Âge", QuestionKind.NUMBER),
        ("Fatigue\u202f?\u00a0: \u00e9chelle\u00a01 à 7 (pas du tout – très)", "Fatigue\u202f?", QuestionKind.SCALE),
        ("Fatigue : e\u0301chelle 1-7", "Fatigue", QuestionKind.SCALE),
        ("Fatigue : Échelle 1-7", "Fatigue", QuestionKind.SCALE),
        ("Remarques : texte 300", "Remarques", QuestionKind.TEXT),
        ("A = b?: [\u00a0] <b> [ ] =1+1", "A = b?", QuestionKind.CHOICES),
    ],
)
def test_signs_that_mean_something_elsewhere_are_taken_as_they_stand(line: str, text: str, kind: QuestionKind) -> None:
    (question,) = parse_questionnaire(line)

    assert (question.text, question.kind) == (text, kind)


ON = """Sort A: always | only if asked | a or b | never
If A = b?: yes | no
Years: number 0-60
Ticked: [ ] Rock ’n’ roll [ ] b"""


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("only if Sort A = never", Condition("q1", places=(3,))),
        ("ONLY IF  sort a=Never or Always", Condition("q1", places=(0, 3))),
        ("if Sort A = only if asked or a or b or never", Condition("q1", places=(1, 2, 3))),
        ("only if If A = b? = yes", Condition("q2", places=(0,))),
        ("seulement si Ticked = rock 'n' roll ou b", Condition("q4", places=(0, 1))),
        ("si\u00a0Years\u202f≥\u00a05", Condition("q3", lowest=5, highest=60)),
        ("only if Years > 5", Condition("q3", lowest=6, highest=60)),
        ("only if Years <= 5", Condition("q3", lowest=0, highest=5)),
        ("only if Years < 5", Condition("q3", lowest=0, highest=4)),
        ("only if Years = 5", Condition("q3", lowest=5, highest=5)),
        ("only if Years = 5 to 99", Condition("q3", lowest=5, highest=60)),
    ],
)
def test_a_condition_names_a_question_and_what_is_answered(line: str, condition: Condition) -> None:
    *_, question = parse_questionnaire(f"{ON}\nAsked: text 9\n{line}")

    assert question.condition == condition


def test_choices_that_differ_in_capitals_alone_are_one_answer_to_a_condition() -> None:
    *_, question = parse_questionnaire("A: Yes | yes | no\nB: text 9\nonly if A = YES")

    assert question.condition == Condition("q1", places=(0, 1))


PARTS = st.sampled_from(
    [
        *"aA5:*|[]()=<≥–-ab0 \n\u00a0：",
        *(": ", " | ", "[ ]", "number ", "scale ", "text ", "échelle ", "1-7", "300"),
        *("only if ", "if ", "si ", " or ", "a: a | b\n", "b: number 1-7\n", "c: text 5\n", "a = a", "b >= 3"),
    ]
)
ANY_TEXT = st.one_of(st.text(), st.lists(PARTS).map("".join))


@given(ANY_TEXT)
@example("a: a | b\nb: number 1-7\nif a = a")
def test_any_text_is_a_questionnaire_or_refused_by_its_line(text: str) -> None:
    try:
        questions = parse_questionnaire(text)
    except StudyError as error:
        refusal = str(error)
    else:
        for place, question in enumerate(questions, start=1):
            assert question.name == f"q{place}"
            assert question_asking(questions, question.text) == question
            assert question.condition is None or int(question.condition.question[1:]) < place
        assert all(isinstance(doubt, str) for doubt in doubts_about(questions))
        assert asked_in_english(questions).count("; ") >= len(questions) - 1
        return
    numbered = re.match(r"Line (\d+)", refusal)
    if numbered:
        assert text.splitlines()[int(numbered[1]) - 1].strip()
    else:
        assert "at most 30 questions" in refusal


@given(ANY_TEXT)
@example("Specialty: any of them | text 300\nDo you: always | only if = asked*")
@example("only if Note: a = b | c")
@example("Tired?: scale 1-7 (not | very)\nBoxes: [ ] a | [ ] b")
@example("Seit: number ０-６０")
def test_what_version_0_4_took_is_taken_as_the_same(text: str) -> None:
    before = version_0_4.parse(text)
    if before is None:
        return
    now = parse_questionnaire(text)

    assert [(each.text, each.required, each.lowest, each.highest, each.choices) for each in now] == before
    assert {each.kind for each in now} <= {QuestionKind.NUMBER, QuestionKind.CHOICE}
    assert not any(each.condition for each in now)


@given(questionnaires())
def test_what_is_written_is_what_is_asked(questions: list[Question]) -> None:
    assert parse_questionnaire(written(questions)) == questions


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        (TEXT, []),
        ("Do you: always | only if asked | never", []),
        ("Tired?: scale 1-7 (not | very)", ["“scale 1-7 (not” is offered as an answer to “Tired?”"]),
        ("Read: [ ] English | [ ] French", ["“[ ] English” is offered", "“[ ] French” is offered"]),
        ("A: b | c\nD: e | f if A = b", ["“f if A = b” is offered as an answer to “D”: a condition stands"]),
        ("When: 9:00 | 10:00 | 11", ["“When: 9:00 | 10” is taken as a question"]),
    ],
)
def test_what_may_be_meant_otherwise_is_told(text: str, doubts: list[str]) -> None:
    told = doubts_about(parse_questionnaire(text))

    assert len(told) == len(doubts)
    for doubt, expected in zip(told, doubts, strict=True):
        assert doubt.startswith(expected)


def test_a_question_is_found_by_its_text() -> None:
    questions = parse_questionnaire("Glasses ?: yes | no\nglasses ?: a | b\nL’âge: number 1-9")

    assert question_asking(questions, "glasses ?") == questions[1]
    assert question_asking(questions, "GLASSES\u00a0?") == questions[0]
    assert question_asking(questions, "l'âge") == questions[2]
    assert question_asking(questions, "age") is None


def test_when_a_question_is_asked_is_told_in_words() -> None:
    asked = (
        "A: b | c\nB: number 0-9\nif A = b or c\nC: [ ] d [ ] e\nif B >= 3\nD: text 9\nif C = e\nE: text 9\nif B = 4"
    )
    more = "\nF: text 9\nif B <= 4\nG: text 9\nif B = 4-5"

    assert asked_in_english(parse_questionnaire(asked + more)) == (
        "“A”; “B”, only if “A” is b or c; “C”, only if “B” is 3 or more; “D”, only if “C” includes e; "
        "“E”, only if “B” is 4; “F”, only if “B” is 4 or less; “G”, only if “B” is from 4 to 5"
    )
