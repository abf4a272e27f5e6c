"""The plot of a plan: power against images."""

from typing import Any

from perception.core.plotting import FAINT, FIRST, INK, SECOND, THIRD_COLOR, plot_style, svg_of
from studies.planning.wording import line_name, simulated_points


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
