"""The figures of a training, step by step, for a page: points to draw and a short table to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ml.runs.learning_curve import Curve, CurvePoint

MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class CurveTable:
    """Some of a curve's points: the first, the last, and others evenly between."""

    names: list[str]
    rows: list[tuple[int, list[float | None]]]
    """Step and figures, in the order of `names`; None where a step has not that figure."""


def points_of(history: Mapping[str, Sequence[float]]) -> list[CurvePoint]:
    """Return a stored history as the points of a run's curve: a list of [step, {name: value}], thinned out."""
    curve = Curve()
    for step in range(max(map(len, history.values()), default=0)):
        curve.add(step + 1, {name: values[step] for name, values in history.items() if step < len(values)})
    return curve.points


def table_of(points: Sequence[CurvePoint]) -> CurveTable:
    """Return a curve as a table of a few rows."""
    names = list(dict.fromkeys(name for _, figures in points for name in figures))
    last = len(points) - 1
    rows = min(MOST_ROWS, len(points))
    places = sorted({round(row * last / max(1, rows - 1)) for row in range(rows)})
    return CurveTable(names, [(points[at][0], [points[at][1].get(name) for name in names]) for at in places])
