"""What an observer's browser sends: read with suspicion, kept small."""

import math
from typing import Any

from django.http import HttpRequest, QueryDict

LONGEST_RT_MS = 24 * 60 * 60 * 1000
LONGEST_NUMBER = 20  # characters

# What the browser tells of how the image was shown: the name in the form, and the largest value that makes sense.
DISPLAY_FIELDS: dict[str, float] = {
    "pixel_ratio": 16,
    "window_width": 32_000,
    "window_height": 32_000,
    "shown_width": 32_000,
    "shown_height": 32_000,
    "visible": 1,
    "focus_losses": 10_000,
    "resizes": 10_000,
    # How much a pinch magnified the page: above 1 the image was interpolated.
    "pinch": 100,
    # Presses that came before the image could have been judged, and did not count.
    "early": 10_000,
    # How long the image was shown, where the study sets the time: from its paint to that of the mask.
    "shown_ms": LONGEST_RT_MS,
    # Of images that alternate: frames of the screen in a second, by the browser's own clock; full cycles in a second,
    # which follow from a whole number of frames; how many frames the page was given and how many came late (after more
    # than one and a half of their time); whether the observer had stopped it by then.
    "refresh_hz": 2_000,
    "flicker_hz": 1_000,
    "frames": 100_000_000,
    "late_frames": 100_000_000,
    "stopped": 1,
}

# What the check of the display on the welcome page finds.
START_FIELDS: dict[str, float] = {
    "pixel_ratio": 16,
    "window_width": 32_000,
    "window_height": 32_000,
    "screen_width": 32_000,
    "screen_height": 32_000,
    # Whether the images fit the window at the study's scale.
    "fits": 1,
    # Whether the main pointer is a finger.
    "touch": 1,
    # How much a pinch, and as far as the browser tells, its zoom magnified the page.
    "pinch": 100,
    "zoom": 100,
    # What the browser says of the screen's colours: bits a pixel; the widest gamut that it covers (0 less than sRGB,
    # 1 sRGB, 2 Display P3, 3 Rec. 2020); whether its dynamic range is high; whether colours are replaced or inverted.
    "colour_depth": 256,
    "gamut": 3,
    "high_dynamic_range": 1,
    "forced_colours": 1,
    "inverted_colours": 1,
    # By a bank card held to the screen.
    "css_px_per_mm": 100,
}

# What the choices of all trial types are called in the form.
SAID_FIELDS = ("response", "rating", "confidence", "grade", "place_x", "place_y", "diagnosis")
LONGEST_SAID = 60  # characters


def read_rt_ms(data: QueryDict) -> int | None:
    """Return the response time in whole milliseconds, or None where there is none, or none that can be."""
    value = _number(data.get("rt_ms", ""), LONGEST_RT_MS)
    return None if value is None else round(value)


def read_display(data: QueryDict) -> dict[str, Any]:
    """Return what the browser said of the display in a trial; whatever is missing or impossible is left out."""
    return _numbers(data, DISPLAY_FIELDS)


def read_start_display(data: QueryDict) -> dict[str, Any]:
    """Return what the check of the display found; whatever is missing or impossible is left out."""
    return _numbers(data, START_FIELDS)


def read_responses(data: QueryDict) -> dict[str, Any]:
    """Return what was chosen, by the names of the form's fields; whether it is among the choices is not known here."""
    return {name: data.get(name, "")[:LONGEST_SAID] for name in SAID_FIELDS if name in data}


def wants_json(request: HttpRequest) -> bool:
    """Whether a script has sent the request, which reads JSON and loads no page."""
    return request.headers.get("Accept", "").startswith("application/json")


def _numbers(data: QueryDict, fields: dict[str, float]) -> dict[str, Any]:
    values = {name: _number(data.get(name, ""), most) for name, most in fields.items()}
    return {name: value for name, value in values.items() if value is not None}


def _number(text: str, most: float) -> float | None:
    if len(text) > LONGEST_NUMBER:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return int(value) if value.is_integer() else round(value, 4)
