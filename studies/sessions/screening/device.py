"""Checks of the device, by what the browser tells with the consent. Pure.

A browser can be made to say anything: these checks are for people who do not know that their screen is unfit, not for
people who want to get past them. What was not told is not passed: without JavaScript nothing is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from studies.models.screening.check import DEVICE_CHECKS, Check
from studies.models.study import Study
from studies.sessions.screening.finding import Finding

LARGEST_PINCH = 1.01
"""What still counts as no pinch: browsers report fractions."""
ZOOM_AT_100 = (0.95, 1.05)
"""Between the steps beside it, 90% and 110%, with room for the window's borders."""

FIELDS: Mapping[Check, tuple[str, ...]] = {
    Check.TOUCH: ("touch",),
    Check.WINDOW: ("window_width", "window_height"),
    Check.PIXEL_RATIO: ("pixel_ratio",),
    Check.ZOOM: ("zoom", "pinch"),
    Check.SCREEN_COLOURS: ("colour_depth", "forced_colours"),
}
"""What of the display each check is judged by, whatever the study asks."""
MAY_BE_UNTOLD: Mapping[Check, tuple[str, ...]] = {
    Check.SCREEN_COLOURS: ("inverted_colours", "gamut", "high_dynamic_range"),
}
"""What it is judged by as well where the browser tells it: Chromium does not tell whether colours are inverted."""
LEAST_DEPTH = 24
"""Bits a pixel: 8 for each of red, green and blue."""
GAMUT_SRGB = 1
"""Of the widest gamut that a screen is said to cover: 0 less than sRGB, 1 sRGB, 2 Display P3, 3 Rec. 2020."""


def judge_device(study: Study, display: Mapping[str, Any]) -> list[Finding]:
    """Return what came of each check of the device that a study makes, in their order.

    Parameters
    ----------
    display
        As `studies.observer.form_data.read_start_display` reads it: numbers, without those that were not told.
    """
    return [_judged(study, check, display) for check in study.checks if check in DEVICE_CHECKS]


def _judged(study: Study, check: Check, display: Mapping[str, Any]) -> Finding:
    told = {name: display[name] for name in (*FIELDS[check], *MAY_BE_UNTOLD.get(check, ())) if name in display}
    if not told.keys() >= {*FIELDS[check], *_asked_besides(study, check)}:
        return Finding(check, None, told)
    return Finding(check, _PASSES[check](study, told), told)


def _asked_besides(study: Study, check: Check) -> set[str]:
    """Return what a check cannot be judged without in this study."""
    if check != Check.SCREEN_COLOURS:
        return set()
    asked = {"gamut": study.refuses_wide_gamut, "high_dynamic_range": study.refuses_high_dynamic_range}
    return {name for name, is_asked in asked.items() if is_asked}


def _shows_its_own_colours(study: Study, told: Mapping[str, Any]) -> bool:
    return bool(
        told["colour_depth"] >= LEAST_DEPTH
        and not told["forced_colours"]
        and not told.get("inverted_colours")
        and not (study.refuses_wide_gamut and told["gamut"] > GAMUT_SRGB)
        and not (study.refuses_high_dynamic_range and told["high_dynamic_range"])
    )


_PASSES: Mapping[Check, Callable[[Study, Mapping[str, Any]], bool]] = {
    Check.TOUCH: lambda study, told: told["touch"] == 0,
    Check.WINDOW: lambda study, told: bool(
        told["window_width"] >= study.least_window_width and told["window_height"] >= study.least_window_height
    ),
    Check.PIXEL_RATIO: lambda study, told: bool(
        study.least_pixel_ratio <= told["pixel_ratio"] <= study.most_pixel_ratio
    ),
    Check.ZOOM: lambda study, told: bool(
        ZOOM_AT_100[0] <= told["zoom"] <= ZOOM_AT_100[1] and told["pinch"] <= LARGEST_PINCH
    ),
    Check.SCREEN_COLOURS: _shows_its_own_colours,
}
