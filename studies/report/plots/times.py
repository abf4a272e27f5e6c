"""Plots of response times, as SVG: one observer beside another, right answers against wrong ones."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from perception.analysis.breakdowns.response_times import AnswerTimes, TimeQuantiles
from perception.core.plotting import FIRST, INK, SECOND, MarkerStyle, plot_style, svg_of
from studies.report.plots.shares import height_of, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS: tuple[tuple[str, float, MarkerStyle], ...] = (("right answers", -0.15, FIRST), ("wrong answers", 0.15, SECOND))
"""Their names, how far from the middle of a row, and how they look."""
SHORTEST_MS = 1.0
"""A logarithmic axis has no 0."""
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Seconds, of which those in sight are marked."""


def times_plot(groups: Sequence[tuple[str, AnswerTimes]]) -> str:
    """Draw where the times of each group lie, of right and of wrong answers, on a logarithmic axis of seconds.

    A thin line goes from the 5th to the 95th percentile, a thick one between the quartiles, and the marker is the
    median.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter

    with plot_style("times"):
        figure = Figure(figsize=(7.2, height_of(len(groups))), layout="constrained")
        axes = figure.add_subplot()
        axes.set_xscale("log")
        for row, (_, times) in enumerate(groups):
            for (_, offset, style), found in zip(KINDS, (times.right, times.wrong), strict=True):
                _draw(axes, row + offset, found, style)
        for name, _, style in KINDS:
            axes.plot([], [], label=name, linestyle="none", **style)
        low, high = _limits(groups)
        ticks = [tick for tick in TICKS if low <= tick <= high]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks], color=INK)
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlim(low, high)
        axes.set_yticks(range(len(groups)), [shortened(name) for name, _ in groups], color=INK)
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_xlabel("seconds from the image to the answer (log scale)", color=INK)
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
        return svg_of(figure)


def _limits(groups: Sequence[tuple[str, AnswerTimes]]) -> tuple[float, float]:
    """Return the ends of the axis, in seconds: a little beyond the fastest and the slowest that is drawn."""
    drawn = [time for _, times in groups for found in (times.right, times.wrong) for time in found.milliseconds or ()]
    return 0.8 * max(min(drawn, default=100), SHORTEST_MS) / 1000, 1.25 * max(drawn, default=1000) / 1000


def _draw(axes: "Axes", height: float, found: TimeQuantiles, style: MarkerStyle) -> None:
    if found.milliseconds is None:
        return
    lowest, lower, median, upper, highest = (max(time, SHORTEST_MS) / 1000 for time in found.milliseconds)
    axes.plot([lowest, highest], [height, height], color=style["color"], linewidth=1)
    axes.plot([lower, upper], [height, height], color=style["color"], linewidth=4, solid_capstyle="butt", alpha=0.55)
    axes.plot([median], [height], markersize=7, linestyle="none", clip_on=False, zorder=3, **style)
