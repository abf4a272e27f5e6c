"""The plot of a plan: power against images."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from perception.core.plotting import FAINT, FIRST, INK, SECOND, THIRD_COLOR, plot_style, svg_of
from studies.planning.wording import limits_of, line_names, share_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from studies.planning.plan import Plan
    from studies.planning.power_curve import CurveLine

LineStyle = str | tuple[float, tuple[float, ...]]
GUIDE: LineStyle = (0, (4, 3))
"""Of the lines at the power wanted and at the design's images."""


def power_plot(plan: "Plan") -> str:
    """Draw a plan's power against images as an SVG element: a line for each margin or d′, simulated points over it."""
    from matplotlib.figure import Figure

    with plot_style("power"):
        figure = Figure(figsize=(7.2, 4.2), layout="constrained")
        axes = figure.add_subplot()
        axes.axhline(100 * plan.request.power, color=FAINT, linewidth=1, linestyle=GUIDE, zorder=0)
        if plan.design is not None:
            axes.axvline(plan.design.images, color=FAINT, linewidth=1, linestyle=GUIDE, zorder=0)
        _draw_lines(axes, plan)
        _draw_simulated_points(axes, plan)
        axes.set_xlim(0, plan.curve.sizes[-1])
        axes.set_ylim(0, 100)
        axes.set_xlabel(gettext("images, perturbed and clean"), color=INK)
        axes.set_ylabel(gettext("power, percent"), color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, borderaxespad=0)
        return svg_of(figure)


def _draw_lines(axes: "Axes", plan: "Plan") -> None:
    lines = plan.curve.lines
    for line, name, (color, dashes) in zip(lines, line_names(plan), _line_styles(lines), strict=True):
        # Matplotlib leaves out what is not a number: a design with too few images of one truth.
        powers = [float("nan") if power is None else 100 * power for power in line.powers]
        axes.plot(plan.curve.sizes, powers, label=name, color=color, linestyle=dashes, linewidth=2)


def _draw_simulated_points(axes: "Axes", plan: "Plan") -> None:
    for index, point in enumerate(plan.simulated_points):
        low, high = limits_of(point.power)
        axes.plot([point.images] * 2, [100 * low, 100 * high], color=INK, linewidth=1.5, zorder=3)
        label = None if index else "simulated"
        estimate = 100 * share_of(point.power)
        axes.plot([point.images], [estimate], "o", color=INK, markersize=5, zorder=4, label=label)


def _line_styles(lines: "tuple[CurveLine, ...]") -> list[tuple[str, LineStyle]]:
    """Return the colour and the dashes of each line: the one that is asked for is drawn through."""
    beside: list[tuple[str, LineStyle]] = [(SECOND["color"], (0, (5, 2))), (THIRD_COLOR, (0, (1, 1.5)))]
    others = iter(beside)
    return [(FIRST["color"], "-") if line.asked else next(others) for line in lines]
