"""What an observer's browser sends with an answer: read with suspicion, kept small."""

import math
from typing import Any

from django.http import QueryDict

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
}


def read_rt_ms(data: QueryDict) -> int | None:
    """Return the response time in whole milliseconds, or None where there is none, or none that can be."""
    value = _number(data.get("rt_ms", ""), LONGEST_RT_MS)
    return None if value is None else round(value)


def read_display(data: QueryDict) -> dict[str, Any]:
    """Return what the browser said of the display; whatever is missing or impossible is left out."""
    values = {name: _number(data.get(name, ""), most) for name, most in DISPLAY_FIELDS.items()}
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
