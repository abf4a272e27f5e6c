"""Plots of a report in which something runs along an axis: strength, or the course of the session. SVG, as `plots`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.psychometric.adaptive_summary import AdaptiveSummary
from perception.analysis.psychometric.curve import PsychometricSummary
from perception.core.plotting import FAINT, FIRST, INK, plot_style, svg_of
from studies.report.plots.visibility import NARROW_WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes


APART = 0.2
"""How far from a strength, in doublings, the outermost observers of a staircase are drawn."""


class LineStyle(TypedDict):
    """How a curve is drawn."""

    color: str
    linewidth: float
    zorder: int


def psychometric_plot(psychometric: PsychometricSummary, said: str, without: str) -> str:
    """Draw the shares at each strength with their intervals, the curve through them, and each observer's curve, faint.

    Strength is on a logarithmic axis; what has none, clean images or same pairs, stands at its left end as `without`.
    """
    from matplotlib.figure import Figure

    pooled = psychometric.pooled
    strengths = [strength for strength, _ in pooled.points if strength > 0]
    place_of_clean = strengths[0] / 4
    with plot_style("psychometric"):
        figure = Figure(figsize=(7.2, 4), layout="constrained")
        axes = figure.add_subplot()
        axes.set_xscale("log", base=2)
        for curve in psychometric.observers.values():
            _curve(axes, curve.curve, color=FAINT, linewidth=0.8, zorder=1)
        _curve(axes, pooled.curve, color=FIRST["color"], linewidth=2, zorder=2)
        for strength, share in pooled.points:
            _point(axes, strength or place_of_clean, share)
        _threshold(axes, pooled.thresholds.noticed)
        ticks = [place_of_clean, *strengths] if len(strengths) < len(pooled.points) else strengths
        names = [f"{strength:g}" for strength in strengths]
        axes.set_xticks(ticks, names if ticks is strengths else [without, *names], color=INK)
        axes.minorticks_off()
        axes.set_ylim(0, 100)
        axes.set_xlabel("strength, 8-bit levels", color=INK)
        axes.set_ylabel(f"{said}, percent", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        return svg_of(figure)


def staircase_plot(adaptive: AdaptiveSummary, *, narrow: bool = False) -> str:
    """Draw which strengths each observer was shown, perturbed image after perturbed image, and what was noticed.

    Observers are drawn a little above and below each strength, beside each other. The threshold of all is the
    horizontal line, its interval the band.

    Parameters
    ----------
    adaptive
        What is drawn.
    narrow
        Whether it is to be read on a telephone: as wide as that is, so that the letters are large beside it.
    """
    from matplotlib.figure import Figure

    with plot_style("staircase, narrow" if narrow else "staircase"):
        figure = Figure(figsize=(NARROW_WIDTH, 3.4) if narrow else (7.2, 3.4), layout="constrained")
        axes = figure.add_subplot()
        axes.set_yscale("log", base=2)
        # Side by side: of two observers at one strength in one trial the second would hide the first.
        n = len(adaptive.observers)
        aside = np.exp2(np.linspace(-APART, APART, n) if n > 1 else np.zeros(n)).tolist()
        for one, factor in zip(adaptive.observers.values(), aside, strict=True):
            at = [strength * factor for strength, _ in one.shown]
            axes.plot(range(1, len(at) + 1), at, color=FAINT, linewidth=0.8, zorder=1)
        for noticed, said, face in ((True, "noticed", FIRST["color"]), (False, "not noticed", "white")):
            points = [
                (trial, strength * factor)
                for one, factor in zip(adaptive.observers.values(), aside, strict=True)
                for trial, (strength, was) in enumerate(one.shown, start=1)
                if was == noticed
            ]
            axes.scatter(
                [trial for trial, _ in points],
                [strength for _, strength in points],
                s=12,
                facecolors=face,
                edgecolors=FIRST["color"],
                linewidths=0.8,
                zorder=2,
                label=said,
            )
        found = adaptive.threshold
        if found.estimate is not None:
            dashed = (0, (4, 3))
            axes.axhline(found.estimate, color=INK, linewidth=1, linestyle=dashed, zorder=3, label="threshold of all")
        if found.low is not None and found.high is not None:
            axes.axhspan(found.low, found.high, color=FAINT, alpha=0.4, linewidth=0, zorder=0)
        axes.set_yticks(adaptive.strengths, [f"{strength:g}" for strength in adaptive.strengths], color=INK)
        axes.minorticks_off()
        axes.set_xlabel("perturbed image, in the order of the session", color=INK)
        axes.set_ylabel("strength, 8-bit levels", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        beside = 2 if narrow else 3
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=beside, frameon=False, borderaxespad=0, fontsize=9)
        return svg_of(figure)


def thirds_plot(thirds: Sequence[Estimate]) -> str:
    """Draw the pooled share of right answers in each third of the series, with its interval."""
    from matplotlib.figure import Figure

    with plot_style("learning"):
        figure = Figure(figsize=(7.2, 2.8), layout="constrained")
        axes = figure.add_subplot()
        known = [(place, 100 * share.estimate) for place, share in enumerate(thirds) if share.estimate is not None]
        axes.plot([x for x, _ in known], [y for _, y in known], color=FIRST["color"], linewidth=1, zorder=1)
        for place, share in enumerate(thirds):
            _point(axes, place, share)
        axes.axhline(50, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.set_xticks(range(3), ["first third", "middle", "last third"], color=INK)
        axes.set_xlim(-0.4, 2.4)
        axes.set_ylim(0, 100)
        axes.set_ylabel("right answers, percent", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        return svg_of(figure)


def _curve(axes: "Axes", curve: Sequence[tuple[float, float]], **style: Unpack[LineStyle]) -> None:
    axes.plot([strength for strength, _ in curve], [100 * share for _, share in curve], **style)


def _point(axes: "Axes", place: float, share: Estimate) -> None:
    if share.estimate is None:
        return
    if share.low is not None and share.high is not None:
        axes.plot([place, place], [100 * share.low, 100 * share.high], color=FIRST["color"], linewidth=2)
    axes.plot([place], [100 * share.estimate], markersize=7, linestyle="none", clip_on=False, zorder=3, **FIRST)


def _threshold(axes: "Axes", threshold: Estimate) -> None:
    if threshold.estimate is None:
        return
    axes.axvline(threshold.estimate, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    if threshold.low is not None and threshold.high is not None:
        axes.axvspan(threshold.low, threshold.high, color=FAINT, alpha=0.15, linewidth=0, zorder=0)
