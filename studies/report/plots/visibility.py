"""Plots of detection against each measure of the change. SVG, as `plots`."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from perception.analysis.visibility.detection_curve import DetectionCurve
from perception.core.plotting import FIRST, INK, plot_style, svg_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 3
NARROW_COLUMNS = 2
"""On a telephone: of three columns the letters would be 5 CSS pixels high."""
WIDTH, NARROW_WIDTH = 7.2, 3.7
"""Inches. As wide as a telephone of 360 CSS pixels leaves, letters of 9 points are 11 CSS pixels high."""
LETTERS = 9
"""Points, on a telephone."""
STEPS = 60
"""Points of which a curve is drawn."""


def detection_curves_plot(curves: Sequence[tuple[str, DetectionCurve]], noticed: str, *, narrow: bool = False) -> str:
    """Draw for each measure the share who noticed in groups of image pairs, with intervals, and the curve.

    Parameters
    ----------
    curves
        What each axis is called, and what is drawn along it.
    noticed
        What the share is of, such as "called perturbed".
    narrow
        Whether it is to be read on a telephone: fewer axes in a row, and the letters larger beside them.
    """
    from matplotlib.figure import Figure

    columns, width = (NARROW_COLUMNS, NARROW_WIDTH) if narrow else (COLUMNS, WIDTH)
    rows = ceil(len(curves) / columns)
    with plot_style("visibility, narrow" if narrow else "visibility"):
        figure = Figure(figsize=(width, (1.8 if narrow else 2.3) * rows), layout="constrained")
        for place, (name, curve) in enumerate(curves, start=1):
            axes = figure.add_subplot(rows, columns, place)
            _draw(axes, curve)
            axes.set_xlabel(name, color=INK, fontsize=LETTERS if narrow else None)
            axes.set_ylim(0, 100)
            axes.spines[["top", "right"]].set_visible(False)
            if narrow:
                axes.tick_params(labelsize=LETTERS)
                axes.locator_params(axis="x", nbins=3)
            if place % columns == 1:
                axes.set_ylabel(
                    f"{noticed}, %" if narrow else f"{noticed}, percent",
                    color=INK,
                    fontsize=LETTERS if narrow else None,
                )
        return svg_of(figure)


def _draw(axes: "Axes", curve: DetectionCurve) -> None:
    finite = [limit for point in curve.points for limit in (point.low, point.high) if np.isfinite(limit)]
    if finite:
        values = np.linspace(min(finite), max(finite), STEPS)
        shares = curve.at(values)
        if shares is not None:
            axes.plot(values, 100 * shares, color=FIRST["color"], linewidth=1, zorder=1)
    for point in curve.points:
        share = point.share
        if share.estimate is None or not np.isfinite(point.middle):
            continue
        if share.low is not None and share.high is not None:
            axes.plot([point.middle] * 2, [100 * share.low, 100 * share.high], color=FIRST["color"], linewidth=2)
        axes.plot([point.middle], [100 * share.estimate], markersize=6, linestyle="none", clip_on=False, **FIRST)
