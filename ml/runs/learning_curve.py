"""The figures of a run on its way, thinned out so that a curve of them stays small however long the run is."""

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

MOST_POINTS = 400

CurvePoint: TypeAlias = tuple[int, dict[str, float]]
"""A step and its figures; in JSON a list of the two."""


class Curve:
    """Points of (step, figures): each step's at first, then the mean of two neighbours, of four, …"""

    def __init__(self, points: Sequence[CurvePoint] = ()) -> None:
        """Go on from the points of an earlier part of the run."""
        self.points: list[CurvePoint] = [(step, figures) for step, figures in points]

    def add(self, step: int, figures: Mapping[str, float]) -> None:
        """Add a step's figures; those that are not finite are left out."""
        # A run that goes on from its checkpoint does a few steps again.
        while self.points and self.points[-1][0] >= step:
            self.points.pop()
        finite = {name: round(value, 5) for name, value in figures.items() if math.isfinite(value)}
        self.points.append((step, finite))
        if len(self.points) > MOST_POINTS:
            self.points = [
                _mean(*self.points[place : place + 2]) if place + 1 < len(self.points) else self.points[place]
                for place in range(0, len(self.points), 2)
            ]


def _mean(one: CurvePoint, other: CurvePoint) -> CurvePoint:
    (_, earlier), (step, later) = one, other
    names = earlier.keys() & later.keys()
    return step, {name: round((earlier[name] + later[name]) / 2, 5) for name in sorted(names)}
