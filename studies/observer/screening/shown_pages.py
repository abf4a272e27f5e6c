"""What each page of a check shows, apart from when it is shown: the preview shows the same pages by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from studies.models.screening.check import Check
from studies.observer.access import Visit
from studies.observer.asked_questions import asked_questions
from studies.observer.texts import lang_attribute
from studies.questionnaire import Reading
from studies.questionnaire.comprehension import parse_comprehension
from studies.screening.figure import NONE
from studies.screening.viewing import (
    BLIND_SPOT_DEG,
    DOT_MM_A_SECOND,
    FARTHEST_START,
    NEAREST_START,
    REPETITIONS,
    separation_mm,
)
from studies.sessions.screening.distance import (
    LARGEST_TOLD_CM,
    SEPARATIONS,
    SMALLEST_TOLD_CM,
    TOLD_CM,
    can_be_measured,
)
from studies.sessions.screening.steps import GIVE_UP, NUMBER
from studies.sessions.screening.visual import ShownCheck

WORDS: Mapping[str, Promise] = {
    NONE: gettext_lazy("I see none"),
    "right": gettext_lazy("right"),
    "down": gettext_lazy("down"),
    "left": gettext_lazy("left"),
    "up": gettext_lazy("up"),
}
"""Of choices that are no digits."""
ARROWS = {"right": "→", "down": "↓", "left": "←", "up": "↑"}


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """One thing that can be said of a figure."""

    value: str
    text: str | Promise
    arrow: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """One figure on the page, with what can be said of it."""

    number: int
    field: str
    address: str
    choices: tuple[ShownChoice, ...]
    is_missing: bool


def check_page(
    visit: Visit, shown: ShownCheck, *, number: int, missing: frozenset[str], given: Mapping[str, str]
) -> HttpResponse:
    """Show a check.

    Parameters
    ----------
    number
        Which of the checks it is, from 0, for its form to say.
    missing
        The fields that were sent without an answer.
    given
        What was sent, by field.
    """
    figures = [
        ShownFigure(
            index,
            field,
            visit.url("observer:figure", index),
            tuple(
                ShownChoice(value, WORDS.get(value, value), ARROWS.get(value, ""), given.get(field) == value)
                for value in shown.choices
            ),
            field in missing,
        )
        for index, field in enumerate(shown.fields, start=1)
    ]
    context = {
        "check": shown.check,
        "figures": figures,
        "side": shown.size.css_side if shown.size else shown.figures[0].side if shown.figures else 0,
        "is_measured": shown.size is not None,
        "number_field": NUMBER,
        "number": number,
        "give_up_field": GIVE_UP,
        "missing": [figure for figure in figures if figure.is_missing],
    }
    template = {
        Check.BRIGHTNESS: "observer/screening/brightness.html",
        Check.COLOUR_VISION: "observer/screening/colour_vision.html",
        Check.ACUITY: "observer/screening/acuity.html",
    }[shown.check]
    return visit.page(template, context, status=422 if missing else 200)


def distance_page(
    visit: Visit, display: Mapping[str, Any], *, number: int, missing: frozenset[str], given: Mapping[str, str]
) -> HttpResponse:
    """Ask for the distance from the screen: by the blind spot where the screen was measured by a card, or told.

    Parameters
    ----------
    display
        As the session has it.
    number, missing, given
        As for `check_page`.
    """
    context = {
        "is_measured": can_be_measured(display),
        "css_px_per_mm": display.get("css_px_per_mm", 0),
        "pixel_ratio": display.get("pixel_ratio", 0),
        "degrees": BLIND_SPOT_DEG,
        "repetitions": REPETITIONS,
        "speed": DOT_MM_A_SECOND,
        "first_mm": round(separation_mm(visit.study.least_distance_cm) * NEAREST_START),
        "last_mm": round(separation_mm(visit.study.least_distance_cm) * FARTHEST_START),
        "separations_field": SEPARATIONS,
        "told_field": TOLD_CM,
        "told": given.get(TOLD_CM, ""),
        "smallest_told": SMALLEST_TOLD_CM,
        "largest_told": LARGEST_TOLD_CM,
        "number_field": NUMBER,
        "number": number,
        "give_up_field": GIVE_UP,
        "is_missing": bool(missing),
    }
    return visit.page("observer/screening/viewing_distance.html", context, status=422 if missing else 200)


def comprehension_page(visit: Visit, reading: Reading, given: Mapping[str, str]) -> HttpResponse:
    """Ask the questions on the instructions; with what was given, and what is missing."""
    questions = [one.question for one in parse_comprehension(visit.study.comprehension_in(visit.language))]
    language = visit.study.text_language("comprehension", visit.language)
    context = {
        "questions": asked_questions(questions, reading, given, language=language, page_language=visit.language),
        "questions_lang": lang_attribute(language, visit.language),
        "has_errors": bool(reading.errors),
    }
    return visit.page("observer/screening/comprehension.html", context, status=422 if reading.errors else 200)
