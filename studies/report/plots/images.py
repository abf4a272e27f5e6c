"""Plots of single images and of pairs of observers, as SVG."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from perception.analysis.agreement.pairwise import KappaSpread
from perception.analysis.estimates.estimate import Estimate
from perception.core.plotting import FAINT, FIRST, INK, SECOND, MarkerStyle, plot_style, svg_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_WITH_INTERVALS = 150
"""Of more images of one kind than these intervals would be one grey area: points alone are drawn."""


def images_plot(kinds: Sequence[tuple[str, Sequence[Estimate]]], said: str) -> str:
    """Draw the share of observers who said so of each image, one kind of images beside the other.

    Parameters
    ----------
    kinds
        One or two kinds of images by their names, with the shares of their images in the order in which they are drawn.
    said
        What was said of them, for the axis.
    """
    from matplotlib.figure import Figure

    with plot_style("images"):
        figure = Figure(figsize=(7.2, 3.2), layout="constrained")
        axes = figure.add_subplot()
        widest = max((len(shares) for _, shares in kinds), default=1)
        for (name, shares), style in zip(kinds, (FIRST, SECOND), strict=False):
            # Each kind takes all of the width, so that a few clean images are no corner beside many perturbed ones.
            places = [widest * (place + 0.5) / len(shares) for place in range(len(shares))]
            for place, share in zip(places, shares, strict=True):
                _draw(axes, place, share, style, with_interval=len(shares) <= MOST_WITH_INTERVALS)
            axes.plot([], [], label=f"{name} ({len(shares)})", linestyle="none", **style)
        axes.axhline(50, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.set_xlim(0, widest)
        axes.set_ylim(-2, 102)
        axes.set_xticks([])
        axes.set_xlabel("images of either kind, in the order of their shares", color=INK)
        axes.set_ylabel(f"{said}, percent of observers", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
        return svg_of(figure)


def kappas_plot(spread: KappaSpread) -> str:
    """Draw how many pairs of observers have which kappa, with the median marked."""
    from matplotlib.figure import Figure

    with plot_style("kappas"):
        figure = Figure(figsize=(7.2, 2.6), layout="constrained")
        axes = figure.add_subplot()
        width = 2 / len(spread.bins)
        lefts = [-1 + width * place for place in range(len(spread.bins))]
        axes.bar(lefts, spread.bins, width=width, align="edge", color=FIRST["color"], edgecolor="white", linewidth=0.6)
        axes.axvline(0, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=3)
        if spread.five_numbers is not None:
            axes.axvline(spread.five_numbers[2], color=SECOND["color"], linewidth=2, zorder=4)
        axes.set_xlim(-1, 1)
        axes.set_xlabel("Cohen’s kappa of two observers; the line is the median", color=INK)
        axes.set_ylabel("pairs of observers", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        return svg_of(figure)


def _draw(axes: "Axes", place: float, share: Estimate, style: MarkerStyle, *, with_interval: bool) -> None:
    if share.estimate is None:
        return
    if with_interval and share.low is not None and share.high is not None:
        axes.plot([place, place], [100 * share.low, 100 * share.high], color=style["color"], linewidth=0.8, alpha=0.5)
    axes.plot([place], [100 * share.estimate], markersize=4, linestyle="none", clip_on=False, zorder=3, **style)
