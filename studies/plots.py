"""Plots of a report, as SVG. Matplotlib is loaded when the first one is drawn, not when the server starts."""

from collections.abc import Sequence
from typing import Any

from perception.core.plotting import FAINT, FIRST, INK, SECOND, THIRD_COLOR, plot_style, svg_of
from studies.study_plan_lines import line_name, simulated_points

Group = tuple[str, dict[str, Any]]

# Of a forest plot, inches: a row, and all of them together, so that it stays on a page.
ROW, MOST_HIGH = 0.52, 8.5


def shares_plot(groups: Sequence[Group], shares: Sequence[tuple[str, str]], *, salt: str) -> str:
    """Draw one or two shares of each group, with their intervals, as an SVG element: a forest plot.

    What is not estimable is left out of the plot; the table beside it says why.

    Parameters
    ----------
    groups
        Names, and figures in which the shares are.
    shares
        Key and name of each.
    salt
        Another for each plot of a page.
    """
    from matplotlib.figure import Figure

    offsets = (-0.13, 0.13) if len(shares) > 1 else (0.0,)
    with plot_style(salt):
        figure = Figure(figsize=(7.2, 0.9 + min(ROW, MOST_HIGH / len(groups)) * len(groups)), layout="constrained")
        axes = figure.add_subplot()
        for (key, name), offset, style in zip(shares, offsets, (FIRST, SECOND), strict=False):
            for row, (_, group) in enumerate(groups):
                _draw(axes, row + offset, group[key], style)
            axes.plot([], [], label=name, linestyle="none", **style)
        axes.axvline(50, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.set_yticks(range(len(groups)), [_shortened(label) for label, _ in groups], color=INK)
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.set_xlabel("percent", color=INK)
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
        return svg_of(figure)


def roc_plot(roc: dict[str, Any]) -> str:
    """Draw the ROC curve of all ratings together as an SVG element: a point for each rating from which on it counts."""
    from matplotlib.figure import Figure

    curve = roc["curve"]
    false_alarms = [0, *(100 * point["false_alarms"] for point in curve)]
    hits = [0, *(100 * point["hits"] for point in curve)]
    with plot_style("roc"):
        figure = Figure(figsize=(4.2, 4), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, 100], [0, 100], color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.plot(false_alarms, hits, color=FIRST["color"], linewidth=2, clip_on=False)
        axes.plot(false_alarms[1:], hits[1:], markersize=7, linestyle="none", clip_on=False, zorder=3, **FIRST)
        for point, x, y in zip(curve, false_alarms[1:], hits[1:], strict=True):
            axes.annotate(f"≥ {point['rated_at_least']:g}", (x, y), (6, -12), textcoords="offset points", color=INK)
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        axes.set_aspect("equal")
        axes.set_xlabel("clean images rated so, percent", color=INK)
        axes.set_ylabel("perturbed images rated so, percent", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        return svg_of(figure)


def power_plot(plan: dict[str, Any]) -> str:
    """Draw a plan's power against images as an SVG element: a line for each margin or d′, simulated points over it."""
    from matplotlib.figure import Figure

    curve, design, points = plan["curve"], plan["design"], simulated_points(plan)
    with plot_style("power"):
        figure = Figure(figsize=(7.2, 4.2), layout="constrained")
        axes = figure.add_subplot()
        axes.axhline(100 * plan["power_wanted"], color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        if design:
            axes.axvline(design["images"], color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        for line, color, dashes in zip(curve["lines"], *_line_styles(curve["lines"]), strict=True):
            # Matplotlib leaves out what is not a number: a design with too few images of one truth.
            powers = [float("nan") if power is None else 100 * power for power in line["powers"]]
            style = {"color": color, "linestyle": dashes, "linewidth": 2}
            axes.plot(curve["sizes"], powers, label=line_name(plan, line["value"]), **style)
        for place, point in enumerate(points):
            power = {key: 100 * point["power"][key] for key in ("estimate", "low", "high")}
            axes.plot([point["images"]] * 2, [power["low"], power["high"]], color=INK, linewidth=1.5, zorder=3)
            label = None if place else "simulated"
            axes.plot([point["images"]], [power["estimate"]], "o", color=INK, markersize=5, zorder=4, label=label)
        axes.set_xlim(0, curve["sizes"][-1])
        axes.set_ylim(0, 100)
        axes.set_xlabel("images, perturbed and clean", color=INK)
        axes.set_ylabel("power, percent", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, borderaxespad=0)
        return svg_of(figure)


def _line_styles(lines: list[dict[str, Any]]) -> tuple[list[str], list[Any]]:
    """Return colours and dashes: the line that is asked for is drawn through."""
    beside = iter([(SECOND["color"], (0, (5, 2))), (THIRD_COLOR, (0, (1, 1.5)))])
    styles = [(FIRST["color"], "-") if line["asked"] else next(beside) for line in lines]
    return [color for color, _ in styles], [dashes for _, dashes in styles]


def _draw(axes: Any, height: float, estimate: dict[str, Any], style: dict[str, Any]) -> None:
    if estimate["estimate"] is None:
        return
    if estimate["low"] is not None:
        axes.plot([100 * estimate["low"], 100 * estimate["high"]], [height, height], color=style["color"], linewidth=2)
    axes.plot([100 * estimate["estimate"]], [height], markersize=7, linestyle="none", clip_on=False, zorder=3, **style)


def _shortened(label: str) -> str:
    longest = 28
    return label if len(label) <= longest else label[: longest - 1] + "…"
