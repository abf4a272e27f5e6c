"""Questions as Hypothesis draws them, and the lines that ask them."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from studies.questionnaire import Condition, Question, QuestionKind
from studies.questionnaire.question import comparable

WORDS = st.lists(
    st.text(alphabet="abcdéß ÀZ0189?'’<>&=/.,(-–+", min_size=1, max_size=8).map(str.strip).filter(bool),
    min_size=2,
    max_size=4,
    unique_by=comparable,
)


@st.composite
def questionnaires(draw: st.DrawFn) -> list[Question]:
    """Draw questions of every kind; some are asked only if an earlier one was answered so."""
    texts = draw(st.lists(WORDS.map(" ".join), max_size=6, unique_by=comparable))
    questions: list[Question] = []
    for place, text in enumerate(texts, start=1):
        question = draw(_kinds(f"q{place}", text))
        rested_on = [earlier for earlier in questions if earlier.kind is not QuestionKind.TEXT]
        has_condition = draw(st.booleans())
        if rested_on and has_condition:
            question = replace(question, condition=draw(_conditions(draw(st.sampled_from(rested_on)))))
        questions.append(question)
    return questions


def written(questions: Sequence[Question]) -> str:
    """Return the lines."""
    return "\n".join(line for question in questions for line in _lines(question, questions))


@st.composite
def _kinds(draw: st.DrawFn, name: str, text: str) -> Question:
    kind = draw(st.sampled_from(QuestionKind))
    lowest = draw(st.integers(0, 20))
    highest = draw(st.integers(lowest + 1, lowest + (10 if kind is QuestionKind.SCALE else 500)))
    numbers = kind in {QuestionKind.NUMBER, QuestionKind.SCALE}
    ends = st.sampled_from([(), ("not at all", "semi-well (very)")])
    return Question(
        name,
        text,
        draw(st.booleans()),
        kind,
        lowest=lowest if numbers else 0,
        highest=highest if numbers else 0,
        ends=draw(ends) if kind is QuestionKind.SCALE else (),
        choices=tuple(draw(WORDS)) if kind in {QuestionKind.CHOICE, QuestionKind.CHOICES} else (),
        longest=draw(st.integers(1, 2000)) if kind is QuestionKind.TEXT else 0,
    )


@st.composite
def _conditions(draw: st.DrawFn, on: Question) -> Condition:
    if on.choices:
        places = draw(st.sets(st.integers(0, len(on.choices) - 1), min_size=1))
        return Condition(on.name, places=tuple(sorted(places)))
    lowest = draw(st.integers(on.lowest, on.highest))
    return Condition(on.name, lowest=lowest, highest=draw(st.integers(lowest, on.highest)))


def _lines(question: Question, questions: Sequence[Question]) -> list[str]:
    numbers = f"{question.lowest}-{question.highest}"
    answers = {
        QuestionKind.NUMBER: f"number {numbers}",
        QuestionKind.SCALE: f"scale {numbers}" + (f" ({' – '.join(question.ends)})" if question.ends else ""),
        QuestionKind.TEXT: f"text {question.longest}",
        QuestionKind.CHOICE: " | ".join(question.choices),
        QuestionKind.CHOICES: " ".join(f"[ ] {choice}" for choice in question.choices),
    }
    line = f"{question.text}: {answers[question.kind]}{' *' if question.required else ''}"
    condition = question.condition
    if condition is None:
        return [line]
    on = next(earlier for earlier in questions if earlier.name == condition.question)
    met = " or ".join(on.choices[place] for place in condition.places) or f"{condition.lowest}-{condition.highest}"
    return [line, f"  only if {on.text} = {met}"]
