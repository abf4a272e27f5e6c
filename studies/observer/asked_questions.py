"""The questions of a study as their page shows them: what was given, what is wrong with it, when each is asked.

An import contract keeps the truth out of this module's reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from studies.observer.texts import ShownText
from studies.questionnaire import Condition, Question, QuestionKind, Reading
from studies.questionnaire.reading import choice_field, has_several_lines


@dataclass(frozen=True, slots=True)
class Option:
    """One point of a scale, or one of the choices: its field, what is sent, what it says, and whether it was chosen."""

    field: str
    value: str
    text: str
    is_chosen: bool
    end: str = ""
    """What it means, where it is an end of a scale that says so."""


@dataclass(frozen=True, slots=True)
class ShownCondition:
    """When a question is asked, for a sentence on the page.

    Attributes
    ----------
    condition
        What must be answered.
    question
        The text of the question that it rests on, marked in its language.
    answers
        The choices one of which must be chosen, marked in their language; empty where a number is asked for.
    has_several
        Whether several of them may be chosen.
    has_lowest, has_highest
        Whether the least, or the greatest, number meets it.
    """

    condition: Condition
    question: SafeString
    answers: SafeString
    has_several: bool
    has_lowest: bool
    has_highest: bool


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question on the page."""

    question: Question
    value: str
    error: str
    options: tuple[Option, ...]
    condition: ShownCondition | None
    has_several_lines: bool

    @property
    def template(self) -> str:
        """The template of what is answered."""
        return f"observer/questions/{self.question.kind.value}.html"

    @property
    def attributes(self) -> SafeString:
        """What the script reads that shows the question when it is due, with a space before each attribute."""
        if self.condition is None:
            return SafeString()
        condition = self.condition.condition
        on = format_html(' data-if="{}"', condition.question)
        if condition.places:
            return on + format_html(' data-places="{}"', " ".join(map(str, condition.places)))
        return on + format_html(' data-lowest="{}" data-highest="{}"', condition.lowest, condition.highest)


def asked_questions(
    questions: Sequence[Question], reading: Reading, given: Mapping[str, str], *, language: str, page_language: str
) -> list[AskedQuestion]:
    """Return the questions for their page, in their order.

    Parameters
    ----------
    reading
        What was read of the form when it was sent; nothing before.
    given
        What was sent, by field.
    language
        Of the questions.
    """
    by_name = {question.name: question for question in questions}

    def shown(condition: Condition) -> ShownCondition:
        on = by_name[condition.question]
        texts = [(ShownText(on.choices[place], language, page_language).marked,) for place in condition.places]
        return ShownCondition(
            condition,
            question=ShownText(on.text, language, page_language).marked,
            answers=format_html_join(format_html(" {} ", gettext("or")), "{}", texts),
            has_several=on.kind is QuestionKind.CHOICES,
            has_lowest=condition.lowest == on.lowest,
            has_highest=condition.highest == on.highest,
        )

    return [
        AskedQuestion(
            question,
            given.get(question.name, ""),
            reading.errors.get(question.name, ""),
            _options(question, given),
            shown(question.condition) if question.condition else None,
            has_several_lines(question),
        )
        for question in questions
    ]


def _options(question: Question, given: Mapping[str, str]) -> tuple[Option, ...]:
    """Return what can be chosen; nothing where the answer is typed."""
    chosen = given.get(question.name, "")
    if question.kind is QuestionKind.SCALE:
        numbers = [str(number) for number in range(question.lowest, question.highest + 1)]
        ends = dict(zip((numbers[0], numbers[-1]), question.ends, strict=False))
        return tuple(
            Option(question.name, number, number, number == chosen, ends.get(number, "")) for number in numbers
        )
    if question.kind is QuestionKind.CHOICES:
        fields = [(choice_field(question, place), text) for place, text in enumerate(question.choices)]
        return tuple(Option(field, "1", text, bool(given.get(field))) for field, text in fields)
    places = [(str(place), text) for place, text in enumerate(question.choices)]
    return tuple(Option(question.name, place, text, place == chosen) for place, text in places)
