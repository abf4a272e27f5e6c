"""The figures of a run on its way, thinned out so that a curve of them stays small however long the run is."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

MOST_POINTS = 400


class Curve:
    """Points of (step, figures): each step's at first, then the mean of two neighbours, of four, …"""

    def __init__(self, points: Sequence[Sequence[Any]] = ()) -> None:
        """Go on from the points of an earlier part of the run."""
        self.points: list[list[Any]] = [list(point) for point in points]

    def add(self, step: int, figures: Mapping[str, float]) -> None:
        """Add a step's figures; those that are not finite are left out."""
        # A run that goes on from its checkpoint does a few steps again.
        while self.points and self.points[-1][0] >= step:
            self.points.pop()
        finite = {name: round(value, 5) for name, value in figures.items() if math.isfinite(value)}
        self.points.append([step, finite])
        if len(self.points) > MOST_POINTS:
            self.points = [
                _mean(*self.points[place : place + 2]) if place + 1 < len(self.points) else self.points[place]
                for place in range(0, len(self.points), 2)
            ]


def _mean(one: list[Any], other: list[Any]) -> list[Any]:
    names = one[1].keys() & other[1].keys()
    return [other[0], {name: round((one[1][name] + other[1][name]) / 2, 5) for name in sorted(names)}]
