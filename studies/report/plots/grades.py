"""How often each grade was given, as SVG: one bar of five parts for each kind of test image."""

from collections.abc import Sequence

from perception.analysis.degradation.grade_scale import GRADES, WORDS
from perception.core.plotting import INK, plot_style, svg_of
from studies.report.plots.shares import height_of, shortened

COLORS = {1: "#d55e00", 2: "#f0a868", 3: "#d9d9d9", 4: "#7fb8d8", 5: "#0072b2"}
"""From vermilion to blue: told apart with any colour vision, and in print by their order and the figures in them."""
LEAST_TOLD = 0.06
"""Smaller shares have no room for their figure; the table beside the plot has all."""
DARK = (1, 5)
"""The grades whose bars are dark enough for white figures."""


def grades_plot(groups: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Draw the shares of the five grades as an SVG element.

    Parameters
    ----------
    groups
        Names, and for each how often the grades from 1 to 5 were given. Those without any grade are left out.
    """
    from matplotlib.figure import Figure

    drawn = [(name, counts) for name, counts in groups if sum(counts)]
    with plot_style("grades"):
        figure = Figure(figsize=(7.2, height_of(len(drawn)) + 0.3), layout="constrained")
        axes = figure.add_subplot()
        for row, (_, counts) in enumerate(drawn):
            start = 0.0
            for grade, count in zip(GRADES, counts, strict=True):
                part = count / sum(counts)
                axes.barh(row, 100 * part, left=100 * start, height=0.62, color=COLORS[grade], edgecolor="white")
                if part >= LEAST_TOLD:
                    color = "white" if grade in DARK else INK
                    middle = 100 * (start + part / 2)
                    axes.text(middle, row, f"{100 * part:.0f}%", ha="center", va="center", color=color, fontsize=9)
                start += part
        for grade in GRADES:
            axes.barh(0, 0, color=COLORS[grade], label=f"{grade} {WORDS[grade]}")
        axes.set_yticks(range(len(drawn)), [shortened(name) for name, _ in drawn], color=INK)
        axes.set_ylim(len(drawn) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.set_xlabel("percent of the grades", color=INK)
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, borderaxespad=0, fontsize=9)
        return svg_of(figure)
