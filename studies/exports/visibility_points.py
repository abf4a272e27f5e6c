"""The points behind “which number predicts seeing”, as a table: each image pair by each measure, and who noticed it."""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from perception.analysis.observations import UNKNOWN, Observations
from perception.analysis.two_arms.summary import without_control
from perception.analysis.visibility.noticed_answers import NoticedAnswers
from perception.analysis.visibility.summary import items_compared

if TYPE_CHECKING:
    from studies.report.build import Report

HEAD = ("measure", "item", "value", "noticed", "n", "share_noticed", "attack", "strength", "in_correlation")
INFINITE = "inf"


def visibility_points_csv(observations: Observations) -> str:
    """Return one row a measure and image pair, as CSV (RFC 4180); the head alone where no measure is known.

    Parameters
    ----------
    observations
        The answers that count; those of catch trials are left out.

    Returns
    -------
    str
        Columns: the measure by the name of its column in the answers; the item, as the answers name it (of several
        attacks or strengths an item is of one of them); the value, `inf` where a ratio is infinite; how many observers
        noticed, of how many who answered, and that share, 0 to 1; of several attacks the attack; the strength, where it
        is known; and whether the report's correlations have the pair in them, 1 or 0: those of the positive control and
        those that lack a measure that others have are in none. A pair without an answer, or without a value of the
        measure, has no row.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(_points(observations.of(~observations.catch)))
    return out.getvalue()


def report_visibility_points(report: "Report") -> str:
    """Return the same of the answers of a study that count."""
    from studies.answers.observations import observations_of  # brings pandas

    return visibility_points_csv(observations_of(report.study, report.figures.exclusions.kept))


def _points(series: Observations) -> Iterator[tuple[str, str, str, int, int, str, str, str, int]]:
    answers = NoticedAnswers.of(series)
    noticed, answered = answers.k, answers.n
    attacks, strengths, compared = _attacks(series), _strengths(series), _compared(series)
    for measure, values in series.measures.items():
        for item in np.flatnonzero((answered > 0) & ~np.isnan(values)).tolist():
            k, n, name = int(noticed[item]), int(answered[item]), series.items[item]
            more = attacks.get(item, ""), strengths.get(item, ""), int(name in compared)
            yield measure, name, _text(float(values[item])), k, n, repr(k / n), *more


def _attacks(series: Observations) -> dict[int, str]:
    """Return the attack of each item that is of one, by the item's index."""
    if series.arm is None:
        return {}
    told = series.arm != UNKNOWN
    return {
        item: series.arms[arm] for item, arm in zip(series.item[told].tolist(), series.arm[told].tolist(), strict=True)
    }


def _strengths(series: Observations) -> dict[int, str]:
    """Return the strength of each item of which it is known, by the item's index."""
    if series.strength is None:
        return {}
    told = series.truth.astype(bool) if series.task != "two_afc" else np.ones(len(series.item), dtype=bool)
    told &= ~np.isnan(series.strength)
    return {
        item: f"{strength:g}"
        for item, strength in zip(series.item[told].tolist(), series.strength[told].tolist(), strict=True)
    }


def _compared(series: Observations) -> set[str]:
    """Return the names of the items that the report's correlations are of."""
    judged = without_control(series)
    chosen = items_compared(NoticedAnswers.of(judged), judged.measures)
    return {name for name, is_compared in zip(judged.items, chosen.tolist(), strict=True) if is_compared}


def _text(value: float) -> str:
    return INFINITE if np.isinf(value) else repr(value)
