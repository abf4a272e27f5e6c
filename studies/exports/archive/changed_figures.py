"""Figures that this program computes otherwise than the version that wrote an archive: what differs there is no fault.

Whoever changes how a figure is computed adds a line here, so that older archives go on being checked in all the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from studies.exports.archive.comparison import Comparison


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """One change.

    Attributes
    ----------
    since
        The first version that computes it anew, as (major, minor, patch).
    figures
        Names of figures as a pattern: `*` stands for any text.
    parts
        What of an estimate changed, such as its limits; empty: all of it.
    why
        What is computed otherwise now, to be read after the figure's name.
    """

    since: tuple[int, int, int]
    figures: str
    parts: frozenset[str]
    why: str


INTERVAL = frozenset({"low", "high", "level", "method", "smallest_margin"})

CHANGED_FIGURES = (
    ChangedFigure((0, 3, 0), "*two_arms", frozenset(), "older versions do not have it"),
    ChangedFigure((0, 3, 0), "*balanced_accuracy", INTERVAL, "its interval has a quantile of t, not of the normal"),
    ChangedFigure((0, 3, 0), "*against_chance", INTERVAL, "its interval has a quantile of t, not of the normal"),
)


def version_of(text: object) -> tuple[int, int, int] | None:
    """Return a version such as `0.2.0` as numbers; None where the text is no such version."""
    parts = str(text).split(".")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    major, minor, patch = map(int, parts)
    return major, minor, patch


def mark_changed(figures: Iterable[Comparison], made_by: tuple[int, int, int] | None) -> list[Comparison]:
    """Return the comparisons, those that differ only in what is computed otherwise by now marked so.

    Parameters
    ----------
    figures
        Every figure.
    made_by
        The version that wrote the archive; None where it does not say: nothing is then marked.
    """
    return [replace(figure, changed=_why(figure, made_by)) for figure in figures]


def _why(figure: Comparison, made_by: tuple[int, int, int] | None) -> str:
    if made_by is None or not figure.differs_in:
        return ""
    differs = {place.partition("[")[0].partition(".")[0] for place in figure.differs_in}
    for change in CHANGED_FIGURES:
        if (
            made_by < change.since
            and fnmatchcase(figure.name, change.figures)
            and (not change.parts or differs <= change.parts)
        ):
            return change.why
    return ""
