"""Figures that this program computes otherwise than the version that wrote an archive: what differs there is no fault.

Whoever changes how a figure is computed adds a line here, so that older archives go on being checked in all the rest.
Where the figure names its rule, it is computed by the older one, and checked as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np

from perception.analysis.json_values import JsonObject, JsonValue
from perception.analysis.observations import Observations
from perception.analysis.ratings import multireader
from perception.analysis.study_summary import StudySummary
from studies.exports.archive.comparison import Comparison, FigureValue


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
    if_undefined
        Whether only what the archive calls undefined is computed otherwise.
    """

    since: tuple[int, int, int]
    figures: str
    parts: frozenset[str]
    why: str
    if_undefined: bool = False


INTERVAL = frozenset({"low", "high", "level", "method", "smallest_margin"})

CHANGED_FIGURES = (
    ChangedFigure(
        (0, 3, 0),
        "*roc.pooled*",
        frozenset(),
        "areas are estimated also where observers rated other images",
        if_undefined=True,
    ),
    ChangedFigure((0, 3, 0), "*group_d_prime*", frozenset(), "older versions do not have it"),
    ChangedFigure((0, 3, 0), "*learning.adjusted_p", frozenset(), "older versions do not have it"),
    ChangedFigure((0, 3, 0), "*agreement*agreed", frozenset(), "older versions do not have it"),
    ChangedFigure((0, 3, 0), "*cohen_kappa", INTERVAL, "without a standard error it has no interval"),
    ChangedFigure((0, 3, 0), "*pooled_as_independent.*", INTERVAL, "where Wald’s interval has no width it is Wilson’s"),
    ChangedFigure(
        (0, 3, 0), "*psychometric.*", frozenset({"reason", "value"}), "what lies outside is called an estimate"
    ),
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
            and (not change.if_undefined or _is_undefined(figure.reported))
        ):
            return change.why
    return ""


def _is_undefined(reported: FigureValue) -> bool:
    return isinstance(reported, dict) and reported.get("estimate", 0) is None


def by_their_rules(
    reported: JsonValue, computed: JsonObject, summary: StudySummary, observations: Observations
) -> JsonObject:
    """Return the figures as the version that wrote the report computes them.

    Until version 0.2.0 images were ranked by their shares as they are, whatever the number of observers, and the mean
    area for other observers was Obuchowski and Rockette's over the images that all of them rated, however narrow. Which
    rule it was, the figure's own `method` says.

    Parameters
    ----------
    reported
        The figures in the archive: those of the report, or those without exclusions.
    computed
        The same, computed by this version.
    summary, observations
        What they were computed from.
    """
    if not isinstance(reported, dict):
        return computed
    figures = dict(computed)
    items, roc = reported.get("items"), reported.get("roc")
    if isinstance(items, dict) and "method" not in items:
        figures["items"] = summary.items.by_share().as_dict()
    others = roc.get("pooled_observers_random") if isinstance(roc, dict) else None
    area = figures.get("roc")
    if isinstance(others, dict) and others.get("method") == multireader.METHOD and isinstance(area, dict):
        figures["roc"] = {**area, "pooled_observers_random": _over_common_images(observations)}
    return figures


def _over_common_images(observations: Observations) -> JsonObject | None:
    series = observations.of(~observations.catch)
    if series.rating is None:
        return None
    ratings = series.spread(series.rating, np.nan)
    return multireader.mean_area(series.table().truth, ratings).mean.as_dict()
