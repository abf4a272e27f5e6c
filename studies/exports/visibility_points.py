"""The points behind “which number predicts seeing”, as a table: each image pair by each measure, and who noticed it."""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from perception.analysis.observations import Observations
from perception.analysis.visibility.noticed_answers import NoticedAnswers

if TYPE_CHECKING:
    from studies.report.build import Report

HEAD = ("measure", "item", "value", "noticed", "n", "share_noticed")
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
        noticed, of how many who answered, and that share, 0 to 1. A pair without an answer, or without a value of the
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


def _points(series: Observations) -> Iterator[tuple[str, str, str, int, int, str]]:
    answers = NoticedAnswers.of(series)
    noticed, answered = answers.k, answers.n
    for measure, values in series.measures.items():
        for item in np.flatnonzero((answered > 0) & ~np.isnan(values)).tolist():
            k, n, value = int(noticed[item]), int(answered[item]), float(values[item])
            yield measure, series.items[item], INFINITE if np.isinf(value) else repr(value), k, n, repr(k / n)
