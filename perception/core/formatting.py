"""How pages, reports and the terminal write an estimate, a p-value, a time that passed: one way, everywhere."""

import datetime as dt
from typing import Any

MINUS = "−"


def percent(estimate: dict[str, Any]) -> str:
    """Write a proportion as `58.3% (45.9–70.8)`, or why it cannot be estimated."""
    if estimate["estimate"] is None:
        return _not_estimable(estimate)
    value = f"{100 * estimate['estimate']:.1f}%"
    if estimate["low"] is None:
        return value
    return f"{value} ({100 * estimate['low']:.1f}–{100 * estimate['high']:.1f})"


def points(estimate: dict[str, Any]) -> str:
    """Write a difference of shares in percentage points as `−16.4 (−42.7 to 10.9)`, or why it cannot be estimated."""
    if estimate["estimate"] is None:
        return _not_estimable(estimate)
    value = _signed(100 * estimate["estimate"], digits=1)
    if estimate["low"] is None:
        return value
    return f"{value} ({_signed(100 * estimate['low'], digits=1)} to {_signed(100 * estimate['high'], digits=1)})"


def seconds(estimate: dict[str, Any]) -> str:
    """Write a time in milliseconds as `2.9 s (2.1–3.8)`, or why it cannot be estimated."""
    if estimate["estimate"] is None:
        return _not_estimable(estimate)
    value = f"{estimate['estimate'] / 1000:.1f} s"
    if estimate["low"] is None:
        return value
    return f"{value} ({estimate['low'] / 1000:.1f}–{estimate['high'] / 1000:.1f})"


def ratio(estimate: dict[str, Any]) -> str:
    """Write a ratio as `1.32 (0.90–1.94)`, or why it cannot be estimated."""
    return _positive(estimate, digits=2)


def levels(estimate: dict[str, Any]) -> str:
    """Write a strength in 8-bit levels as `6.1 (5.2–7.3)`, or why it cannot be estimated."""
    return _positive(estimate, digits=1)


def percent_alone(estimate: dict[str, Any]) -> str:
    """Write a proportion without its interval: `58.3%`; `NA` where it cannot be estimated, as the paper does."""
    return "NA" if estimate["estimate"] is None else f"{100 * estimate['estimate']:.1f}%"


def share(value: object) -> str:
    """Write a share without an estimate around it as `58.3%`; nothing where there is none."""
    return f"{100 * value:.1f}%" if isinstance(value, int | float) else ""


def coefficient(estimate: dict[str, Any]) -> str:
    """Write a coefficient as `−0.22 (−0.49 to 0.04)`, or why it cannot be estimated."""
    if estimate["estimate"] is None:
        return _not_estimable(estimate)
    value = _signed(estimate["estimate"])
    if estimate["low"] is None:
        return value
    return f"{value} ({_signed(estimate['low'])} to {_signed(estimate['high'])})"


def p_value(p: float | None) -> str:
    """Write a p-value: `= 0.031`, `< 0.0001`."""
    if p is None:
        return "not estimable"
    smallest = 0.0001
    return f"< {smallest}" if p < smallest else f"= {p:.2g}"


def level(estimate: dict[str, Any]) -> str:
    """Write the interval's level as `95%`."""
    return f"{100 * estimate['level']:g}%" if estimate["level"] is not None else ""


def _positive(estimate: dict[str, Any], *, digits: int) -> str:
    if estimate["estimate"] is None:
        return _not_estimable(estimate)
    value = f"{estimate['estimate']:.{digits}f}"
    if estimate["low"] is None:
        return value
    return f"{value} ({estimate['low']:.{digits}f}–{estimate['high']:.{digits}f})"


def _signed(value: float, *, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else MINUS)


def _not_estimable(estimate: dict[str, Any]) -> str:
    reason = estimate.get("reason")
    return f"not estimable: {reason}" if reason else "not estimable"


MINUTE = 60


HOUR = 60 * MINUTE


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
