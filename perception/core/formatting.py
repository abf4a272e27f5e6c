"""How pages, reports and the terminal write an estimate, a p-value, a time that passed: one way, everywhere.

What is active says in which language; reports and the terminal are always in English (`perception.core.languages`).
"""

import datetime as dt
import re
from collections.abc import Callable

from django.utils.translation import get_language, gettext

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.number_words import signed

TO = " to "
"""Between limits that may be negative: a dash would read as a minus."""


def localized(figures: str) -> str:
    """Write figures as the active language has them: `1,234.5%` is `1 234,5 %` in French, its spaces unbreakable.

    Parameters
    ----------
    figures
        Numbers as Python formats them, not yet written so, with whatever stands between them; no names, in which a
        point is no decimal one.
    """
    if not (get_language() or "").startswith("fr"):
        return figures
    figures = re.sub(r"(?<=\d),(?=\d{3})", "\N{NARROW NO-BREAK SPACE}", figures)
    figures = re.sub(r"(?<=\d)\.(?=\d)", ",", figures)
    return re.sub(r"(?<=\d)%", "\N{NARROW NO-BREAK SPACE}%", figures)


def percent(estimate: Estimate) -> str:
    """Write a proportion as `58.3% (45.9–70.8)`, or why it cannot be estimated."""
    return _with_interval(estimate, lambda share: f"{100 * share:.1f}", unit="%")


def points(estimate: Estimate) -> str:
    """Write a difference of shares in percentage points as `−16.4 (−42.7 to 10.9)`, or why it cannot be estimated."""
    return _with_interval(estimate, lambda difference: signed(100 * difference, digits=1), between=TO)


def seconds(estimate: Estimate) -> str:
    """Write a time in milliseconds as `2.9 s (2.1–3.8)`, or why it cannot be estimated."""
    return _with_interval(estimate, lambda time: f"{time / 1000:.1f}", unit=" s")


def ratio(estimate: Estimate) -> str:
    """Write a ratio as `1.32 (0.90–1.94)`, or why it cannot be estimated."""
    return _with_interval(estimate, lambda value: f"{value:.2f}")


def levels(estimate: Estimate) -> str:
    """Write a strength in 8-bit levels as `6.1 (5.2–7.3)`, or why it cannot be estimated."""
    return _with_interval(estimate, lambda strength: f"{strength:.1f}")


def interval(estimate: Estimate | None, write: Callable[[Estimate], str]) -> str:
    """Write the interval alone, as `write` writes it in its brackets; nothing where there is none."""
    if estimate is None or estimate.estimate is None or estimate.low is None or estimate.high is None:
        return ""
    return write(estimate).partition("(")[2].rstrip(")")


def percent_alone(estimate: Estimate) -> str:
    """Write a proportion without its interval: `58.3%`; `NA` where it cannot be estimated, as the paper does."""
    return "NA" if estimate.estimate is None else localized(f"{100 * estimate.estimate:.1f}%")


def share(value: object) -> str:
    """Write a share without an estimate around it as `58.3%`; nothing where there is none."""
    return localized(f"{100 * value:.1f}%") if isinstance(value, int | float) else ""


def coefficient(estimate: Estimate) -> str:
    """Write a coefficient as `−0.22 (−0.49 to 0.04)`, or why it cannot be estimated."""
    return _with_interval(estimate, lambda value: signed(value, digits=2), between=TO)


def area(estimate: Estimate) -> str:
    """Write an area under a ROC curve as `0.897 (0.825–0.969)`, or why it cannot be estimated."""
    return _with_interval(estimate, lambda value: f"{value:.3f}")


def area_difference(estimate: Estimate) -> str:
    """Write a difference of such areas as `−0.044 (−0.088 to 0.000)`, or why it cannot be estimated."""
    return _with_interval(estimate, lambda value: signed(value, digits=3), between=TO)


def coefficient_alone(estimate: Estimate) -> str:
    """Write a coefficient without its interval: `−0.22`; `NA` where it cannot be estimated."""
    return "NA" if estimate.estimate is None else localized(signed(estimate.estimate, digits=2))


def count(estimate: Estimate) -> str:
    """Write what a proportion is of as `35 of 60`."""
    return gettext("%(k)s of %(n)s") % {"k": estimate.k, "n": estimate.n}


def p_value(p: float | None) -> str:
    """Write a p-value: `= 0.031`, `< 0.0001`."""
    if p is None:
        return gettext("not estimable")
    smallest = 0.0001
    return localized(f"< {smallest}" if p < smallest else f"= {p:.2g}")


def level(estimate: Estimate) -> str:
    """Write the interval's level as `95%`."""
    return localized(f"{100 * estimate.level:g}%") if estimate.level is not None else ""


def _with_interval(estimate: Estimate, write: Callable[[float], str], *, unit: str = "", between: str = "–") -> str:
    if estimate.estimate is None:
        return f"{gettext('not estimable')}: {estimate.reason}" if estimate.reason else gettext("not estimable")
    value = f"{write(estimate.estimate)}{unit}"
    if estimate.low is None or estimate.high is None:
        return localized(value)
    between = " " + gettext("to") + " " if between == TO else between
    return localized(f"{value} ({write(estimate.low)}{between}{write(estimate.high)})")


MINUTE = 60
HOUR = 60 * MINUTE


def duration(value: dt.timedelta | float | None) -> str:
    """Write seconds, or a difference of times, as `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if value is None:
        return ""
    seconds = value.total_seconds() if isinstance(value, dt.timedelta) else float(value)
    if 0 < seconds < 1:
        return localized(f"{seconds:.1f} s")
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
