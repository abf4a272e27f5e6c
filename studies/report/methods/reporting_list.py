"""A reporting list: what a guideline asks an article to tell, and what a study answers of it, item by item.

Each list is one record (`studies.report.methods.stard`, `grras`); whoever shows one shows each. The items are told in
short words of our own, and their numbers are those of the list.
"""

from collections.abc import Callable
from dataclasses import dataclass

from studies.report.build import Report

NOT_RECORDED = "Not recorded"

Answer = Callable[[Report], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a list.

    Attributes
    ----------
    number
        As the list has it.
    section
        Where it stands in an article.
    asks
        What it asks for.
    answer
        Finds what a study answers.
    """

    number: str
    section: str
    asks: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class ReportingItem:
    """One item with what this study answers, or what its authors are to fill in."""

    number: str
    section: str
    asks: str
    answer: str

    @property
    def is_recorded(self) -> bool:
        """Whether the study answers it."""
        return not self.answer.startswith(NOT_RECORDED)

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it is left to the authors."""
        return NOT_RECORDED.lower() not in self.answer.lower()


@dataclass(frozen=True, slots=True)
class ReportingList:
    """A list as it was published.

    Attributes
    ----------
    key
        Names it in addresses, and its publication in `studies.report.methods.references`: lower-case letters and
        hyphens.
    title
        Its name and year.
    source
        The publication that its items are taken from.
    reading
        How the list's words are meant in a study of perturbed images.
    questions
        Its items, in their order.
    """

    key: str
    title: str
    source: str
    reading: str
    questions: tuple[Question, ...]

    def answered_by(self, report: Report) -> list[ReportingItem]:
        """Return the items in their order, each with the study's answer or with what is left to the authors."""
        return [
            ReportingItem(asked.number, asked.section, asked.asks, asked.answer(report)) for asked in self.questions
        ]


def missing(what: str) -> str:
    """Return the sentence that the study does not record something, and what its authors are to fill in."""
    return f"{NOT_RECORDED}; to fill in: {what}."


def left_to_authors(what: str) -> Answer:
    """Return the answer of every study that it does not record something."""
    return lambda _: missing(what)


def always(text: str) -> Answer:
    """Return the answer that holds of every study."""
    return lambda _: text


def all_of(*answers: Answer) -> Answer:
    """Return the answer that is made of several, one after the other."""
    return lambda report: " ".join(answer(report) for answer in answers)
