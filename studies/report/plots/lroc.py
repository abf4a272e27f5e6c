"""The LROC curve as SVG: images both rated high and marked rightly, against false alarms."""

from collections.abc import Sequence

from perception.core.plotting import INK, plot_style, svg_of

CURVE, CHANCE = "#0072b2", "#767676"


def lroc_plot(curve: Sequence[tuple[float, float, float]], chance: float | None) -> str:
    """Draw the curve of all answers together as an SVG element.

    Parameters
    ----------
    curve
        From the highest threshold down: (threshold, share of clean images rated at least so, share of perturbed images
        rated at least so and marked at the right place).
    chance
        The share of right places without looking, 0 to 1, at which the line of chance ends; None where it is not known.
    """
    from matplotlib.figure import Figure

    with plot_style("lroc"):
        figure = Figure(figsize=(4.6, 4.4), layout="constrained")
        axes = figure.add_subplot()
        if chance is not None:
            axes.plot([0, 100], [0, 100 * chance], color=CHANCE, linestyle="--", linewidth=1.2, label="chance alone")
        alarms = [0.0, *(100 * point[1] for point in curve)]
        hits = [0.0, *(100 * point[2] for point in curve)]
        axes.plot(alarms, hits, color=CURVE, marker="o", markersize=5, linewidth=1.8, label="all answers")
        axes.set_xlim(-2, 102)
        axes.set_ylim(-2, 102)
        axes.set_aspect("equal")
        axes.set_xlabel("clean images rated so high, %", color=INK)
        axes.set_ylabel("perturbed images rated so high\nand marked at the right place, %", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="upper left", frameon=False, fontsize=9)
        return svg_of(figure)
