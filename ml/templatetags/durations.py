"""How long something took, for people."""

import datetime as dt

from django import template

register = template.Library()

MINUTE = 60
HOUR = 60 * MINUTE


@register.filter
def duration(value: dt.timedelta | float | None) -> str:
    """Write seconds, or a difference of times, as `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if value is None:
        return ""
    seconds = value.total_seconds() if isinstance(value, dt.timedelta) else float(value)
    if 0 < seconds < 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
