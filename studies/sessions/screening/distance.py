"""The check of the viewing distance: what an observer has measured by the blind spot, or tells.

What is sent are millimetres on the screen, which the browser knows by the card that was held to it before the consent:
a screen that was not measured measures no distance, and the distance can be told then.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from studies.models.screening.check import Check
from studies.models.study import Study
from studies.screening.viewing import LARGEST_DISTANCE_CM, REPETITIONS, blind_spot_distance
from studies.sessions.screening.finding import Finding

SEPARATIONS = "separations"
"""The field of how far the dot was from the square each time, mm, with blanks between them."""
TOLD_CM = "told_cm"
"""The field of a distance that is told."""
BLIND_SPOT, TOLD = "blind spot", "told"
"""How a distance is known."""
LONGEST_GIVEN = 100  # characters
LARGEST_SEPARATION_MM = 2_000
SMALLEST_TOLD_CM, LARGEST_TOLD_CM = 5, 2 * LARGEST_DISTANCE_CM
"""Whoever tells another one has mistaken the unit."""


def can_be_measured(display: Mapping[str, Any]) -> bool:
    """Whether the size of the screen's pixels is known."""
    return bool(display.get("css_px_per_mm") and display.get("pixel_ratio"))


def judge_distance(study: Study, given: Mapping[str, str], display: Mapping[str, Any]) -> Finding | None:
    """Return what came of the check; what was measured counts before what was told. None where neither was given.

    Parameters
    ----------
    given
        What was sent, by field.
    display
        As the session has it.
    """
    separations = _separations(given.get(SEPARATIONS, "")) if can_be_measured(display) else []
    if separations:
        distance = blind_spot_distance(separations)
        measured: dict[str, Any] = {
            "cm": round(distance.cm, 1),
            "how": BLIND_SPOT,
            "repetitions": distance.repetitions,
            "spread_cm": round(distance.spread_cm, 1),
            "separations_mm": separations,
        }
    elif (told := _told(given.get(TOLD_CM, ""))) is not None:
        measured = {"cm": told, "how": TOLD}
    else:
        return None
    passed = study.least_distance_cm <= measured["cm"] <= study.most_distance_cm
    return Finding(Check.VIEWING_DISTANCE, passed, measured)


def _separations(text: str) -> list[float]:
    """Return the separations, all of them or none."""
    values = [_number(part) for part in text.split()] if len(text) <= LONGEST_GIVEN else []
    there = [value for value in values if value is not None and 0 < value <= LARGEST_SEPARATION_MM]
    return there if len(there) == len(values) == REPETITIONS else []


def _told(text: str) -> float | None:
    value = _number(text.strip().replace(",", ".")) if len(text) <= LONGEST_GIVEN else None
    return value if value is not None and SMALLEST_TOLD_CM <= value <= LARGEST_TOLD_CM else None


def _number(text: str) -> float | None:
    """Return a number, to a tenth; None of what is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return round(value, 1) if isfinite(value) else None
