"""Plots of a report, as SVG. Matplotlib is loaded when the first one is drawn, not when the server starts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.ratings.summary import RatingSummary
from perception.core.plotting import FAINT, FIRST, INK, SECOND, MarkerStyle, plot_style, svg_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Group = tuple[str, tuple[Estimate, ...]]
"""A name, and one or two shares."""

MOST_PLOTTED = 40
"""Of more observers than these a plot would be higher than a page: the single ones are left to the table."""
MOST_IN_WORDS = 24
"""Of more observers than these a plot's text alternative leaves the single ones to the table."""
# Of a forest plot, inches: a row, all rows together, so that there is room beside them on a page, and the lowest row.
ROW, MOST_HIGH, LEAST_ROW = 0.52, 4.8, 0.17


def height_of(rows: int) -> float:
    """Return how high a plot of so many rows is, in inches, with its axis and its legend."""
    return 0.9 + rows * max(min(ROW, MOST_HIGH / rows), LEAST_ROW)


def shares_plot(groups: Sequence[Group], names: Sequence[str], *, salt: str) -> str:
    """Draw one or two shares of each group, with their intervals, as an SVG element: a forest plot.

    What is not estimable is left out of the plot; the table beside it says why.

    Parameters
    ----------
    groups
        Each with as many shares as there are names.
    names
        Of the shares.
    salt
        Another for each plot of a page.
    """
    from matplotlib.figure import Figure

    offsets = (-0.13, 0.13) if len(names) > 1 else (0.0,)
    with plot_style(salt):
        figure = Figure(figsize=(7.2, height_of(len(groups))), layout="constrained")
        axes = figure.add_subplot()
        for which, (name, offset, style) in enumerate(zip(names, offsets, (FIRST, SECOND), strict=False)):
            for row, (_, shares) in enumerate(groups):
                _draw(axes, row + offset, shares[which], style)
            axes.plot([], [], label=name, linestyle="none", **style)
        axes.axvline(50, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.set_yticks(range(len(groups)), [shortened(label) for label, _ in groups], color=INK)
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.set_xlabel("percent", color=INK)
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
        return svg_of(figure)


def roc_plot(ratings: RatingSummary) -> str:
    """Draw the ROC curve of all ratings together as an SVG element: a point for each rating from which on it counts."""
    from matplotlib.figure import Figure

    false_alarms = [0.0, *(100 * share for _, share, _ in ratings.curve)]
    hits = [0.0, *(100 * share for _, _, share in ratings.curve)]
    with plot_style("roc"):
        figure = Figure(figsize=(4.2, 4), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, 100], [0, 100], color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.plot(false_alarms, hits, color=FIRST["color"], linewidth=2, clip_on=False)
        axes.plot(false_alarms[1:], hits[1:], markersize=7, linestyle="none", clip_on=False, zorder=3, **FIRST)
        for (threshold, *_), x, y in zip(ratings.curve, false_alarms[1:], hits[1:], strict=True):
            axes.annotate(f"≥ {threshold:g}", (x, y), (6, -12), textcoords="offset points", color=INK)
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        axes.set_aspect("equal")
        axes.set_xlabel("clean images rated so, percent", color=INK)
        axes.set_ylabel("perturbed images rated so, percent", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        return svg_of(figure)


def _draw(axes: "Axes", height: float, estimate: Estimate, style: MarkerStyle) -> None:
    if estimate.estimate is None:
        return
    if estimate.low is not None and estimate.high is not None:
        axes.plot([100 * estimate.low, 100 * estimate.high], [height, height], color=style["color"], linewidth=2)
    axes.plot([100 * estimate.estimate], [height], markersize=7, linestyle="none", clip_on=False, zorder=3, **style)


def shortened(label: str) -> str:
    """Return a label as long as a row's name may be."""
    longest = 28
    return label if len(label) <= longest else label[: longest - 1] + "…"
