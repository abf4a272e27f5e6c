"""Figures that this program computes otherwise than the version that wrote an archive: what differs there is no fault.

Whoever changes how a figure is computed adds a line here, so that older archives go on being checked in all the rest.
Where the figure names its rule, it is computed by the older one, and checked as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np

from perception.analysis.estimates.crossed import AS_THESE
from perception.analysis.json_values import JsonObject, JsonValue
from perception.analysis.observations import Observations
from perception.analysis.ratings import multireader
from perception.analysis.study_summary import StudySummary
from studies.exports.archive.comparison import MISSING, Comparison, FigureValue


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
    if_absent
        Whether it is only that the archive does not have it, or has null in its place.
    if_method
        What the method that computes it now ends with, where it is only then that it is computed otherwise.
    """

    since: tuple[int, int, int]
    figures: str
    parts: frozenset[str]
    why: str
    if_undefined: bool = False
    if_absent: bool = False
    if_method: str = ""

    def explains(self, figure: Comparison, made_by: tuple[int, int, int]) -> bool:
        """Tell whether it is this change in which a figure of an archive by an older version differs."""
        differs = {place.partition("[")[0].partition(".")[0] for place in figure.differs_in}
        return (
            made_by < self.since
            and fnmatchcase(figure.name, self.figures)
            and (not self.parts or differs <= self.parts)
            and (not self.if_undefined or _is_undefined(figure.reported))
            and (not self.if_absent or figure.reported is MISSING or figure.reported is None)
            and (not self.if_method or _method(figure.computed).endswith(self.if_method))
        )


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
    ChangedFigure(
        (0, 4, 0),
        "*pooled_observers_random*",
        INTERVAL,
        "its interval is no narrower than that for these observers",
        if_method=AS_THESE,
    ),
    ChangedFigure((0, 4, 0), "*group_d_prime*", frozenset(), "older versions do not have it", if_absent=True),
    ChangedFigure(
        (0, 4, 0),
        "*group_d_prime*",
        frozenset({"left_out_because", "reason"}),
        "it says of whom there are too few answers",
    ),
    ChangedFigure((0, 4, 0), "*dprime_without_leaning", frozenset(), "older versions do not have it", if_absent=True),
    ChangedFigure((0, 4, 0), "*observers.*.dprime", frozenset({"reason"}), "the reason names what was shown"),
    ChangedFigure((0, 4, 0), "*observers.*.criterion", frozenset({"reason"}), "the reason names what was shown"),
    ChangedFigure((0, 4, 0), "*balanced_accuracy", frozenset({"reason", "method"}), "the reason names what was shown"),
    ChangedFigure((0, 4, 0), "*agreement.pair_kappas*", frozenset(), "older versions do not have it", if_absent=True),
    ChangedFigure(
        (0, 4, 0), "*response_times.quantiles*", frozenset(), "older versions do not have it", if_absent=True
    ),
    ChangedFigure((0, 4, 0), "*equivalence.*", frozenset(), "older versions do not have it", if_absent=True),
    ChangedFigure(
        (0, 4, 0), "*equivalence.verdict", frozenset(), "it is worded by p-values adjusted over the strengths"
    ),
    ChangedFigure(
        (0, 4, 0), "*equivalence.strengths*.d_prime", frozenset({"left_out_because"}), "older versions do not have it"
    ),
    ChangedFigure(
        (0, 4, 0),
        "*equivalence.strengths*.share_right",
        INTERVAL | {"estimate", "n", "k", "reason"},
        "it is of the observers who are in d′, and for others no narrower than for these",
    ),
    ChangedFigure(
        (0, 4, 0), "*psychometric.*", frozenset({"reason"}), "where the share jumps it is an estimate that is spoken of"
    ),
    ChangedFigure((0, 4, 0), "*psychometric.in_words", frozenset(), "where the share jumps it speaks of an estimate"),
    ChangedFigure((0, 4, 0), "*equivalence.adjusted_over", frozenset(), "it says “verdicts” where it said “arms”"),
    ChangedFigure(
        (0, 4, 0), "two_arms*", frozenset({"method", "reason"}), "methods and reasons are worded without the word “arm”"
    ),
    ChangedFigure(
        (0, 8, 0), "within_observers.weighted_kappa*", frozenset(), "older versions have none of grades", if_absent=True
    ),
    ChangedFigure((0, 8, 0), "*visibility.*", INTERVAL, "an image is left out with all of its strengths"),
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
    return next((change.why for change in CHANGED_FIGURES if change.explains(figure, made_by)), "")


def _is_undefined(reported: FigureValue) -> bool:
    return isinstance(reported, dict) and reported.get("estimate", 0) is None


def _method(computed: FigureValue) -> str:
    return str(computed.get("method", "")) if isinstance(computed, dict) else ""


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
