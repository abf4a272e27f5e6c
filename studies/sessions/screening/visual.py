"""Checks of what an observer sees on their screen: what is shown in each, and what was right of what was said.

What is on a figure follows from the observer's link and the server's secret key, so that a reload shows the same, no
two observers are shown the same, and nobody who has the link alone can work it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from studies.models.observer import Observer
from studies.models.screening.check import VISUAL_CHECKS, Check
from studies.models.session import Session
from studies.models.study import Study
from studies.screening.figure import DIGITS, NONE, Figure
from studies.screening.patches import patches_of
from studies.screening.plates import plates_of
from studies.screening.rings import AT_LEAST_RIGHT, DIRECTIONS, Sight, rings_of, sight
from studies.sessions.screening.finding import Finding

COULD_NOT = "could_not"
"""What is measured of somebody who says that they cannot do a check."""
_SEED_BITS = 64


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A check as it is shown.

    Attributes
    ----------
    check
        Which.
    figures
        What is looked at; none where the screen cannot show it.
    choices
        What can be said of each.
    at_least
        How many must be right.
    size
        Of rings; None of what has no size of its own.
    """

    check: Check
    figures: Sequence[Figure]
    choices: tuple[str, ...]
    at_least: int
    size: Sight | None = None

    @property
    def fields(self) -> list[str]:
        """The names of the form's fields, one a figure."""
        return [f"figure{number}" for number in range(1, len(self.figures) + 1)]


def due_check(session: Session, study: Study) -> Check | None:
    """Return the check that a session is at; None where all are done (no query)."""
    left = study.page_checks[session.n_screened :]
    return left[0] if left else None


def shown_check(observer: Observer, study: Study, check: Check, display: Mapping[str, Any]) -> ShownCheck:
    """Return what an observer is shown in a check; the figures are drawn when they are asked for.

    Parameters
    ----------
    display
        As the session has it: rings need the pixel ratio and the screen's pixels per millimetre.
    """
    seed = _seed(observer, check)
    if check == Check.BRIGHTNESS:
        return ShownCheck(check, patches_of(seed), (*DIGITS, NONE), study.brightness_at_least)
    if check == Check.COLOUR_VISION:
        return ShownCheck(check, plates_of(seed), (*DIGITS, NONE), study.colour_vision_at_least)
    size = _sight(study, display)
    rings = rings_of(seed, size) if size is not None and size.can_be_shown else []
    return ShownCheck(check, rings, (*DIRECTIONS, NONE), AT_LEAST_RIGHT, size)


def judge(shown: ShownCheck, said: Sequence[str]) -> Finding:
    """Return what came of a check of which every figure was answered."""
    answers = [figure.answer for figure in shown.figures]
    right = sum(one == other for one, other in zip(said, answers, strict=True))
    measured = {"right": right, "of": len(answers), "said": list(said), "shown": answers}
    return Finding(shown.check, right >= shown.at_least, measured)


def _sight(study: Study, display: Mapping[str, Any]) -> Sight | None:
    if not (display.get("css_px_per_mm") and display.get("pixel_ratio")):
        return None
    return sight(
        acuity=study.least_acuity,
        distance_cm=study.acuity_distance_cm,
        css_px_per_mm=display["css_px_per_mm"],
        pixel_ratio=display["pixel_ratio"],
    )


def _seed(observer: Observer, check: Check) -> int:
    if check not in VISUAL_CHECKS:
        raise ValueError(f"nothing is looked at in the check of {check}")
    digest = salted_hmac("screening.figures", f"{check}.{observer.token}", algorithm="sha256").digest()
    return int.from_bytes(digest[: _SEED_BITS // 8])
