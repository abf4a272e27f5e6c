"""Plots of a report, as SVG. Matplotlib is loaded when the first one is drawn, not when the server starts."""

import io
from typing import Any

INK = "#1c1f21"
# Blue and vermilion of Okabe & Ito: told apart with any colour vision, and by their markers in print.
SENSITIVITY: dict[str, Any] = {"color": "#0072b2", "marker": "o"}
SPECIFICITY: dict[str, Any] = {"color": "#d55e00", "marker": "s"}


def forest_plot(figures: dict[str, Any]) -> str:
    """Draw sensitivity and specificity of each observer and pooled, with their intervals, as an SVG element.

    What is not estimable is left out of the plot; the table beside it says why.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    groups = [*figures["observers"].items(), ("Pooled", figures["pooled"])]
    with rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "perception", "font.family": "sans-serif", "text.parse_math": False}
    ):
        figure = Figure(figsize=(7.2, 0.9 + 0.52 * len(groups)), layout="constrained")
        axes = figure.add_subplot()
        for row, (_, group) in enumerate(groups):
            for offset, name, style in ((-0.13, "sensitivity", SENSITIVITY), (0.13, "specificity", SPECIFICITY)):
                _draw(axes, row + offset, group[name], style)
        for name, style in (("Sensitivity", SENSITIVITY), ("Specificity", SPECIFICITY)):
            axes.plot([], [], label=name, linestyle="none", **style)
        axes.axvline(50, color="#8b9397", linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.set_yticks(range(len(groups)), [_shortened(label) for label, _ in groups], color=INK)
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.set_xlabel("percent", color=INK)
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = out.getvalue()
    return svg[svg.index("<svg") :]


def _draw(axes: Any, height: float, estimate: dict[str, Any], style: dict[str, Any]) -> None:
    if estimate["estimate"] is None:
        return
    if estimate["low"] is not None:
        axes.plot([100 * estimate["low"], 100 * estimate["high"]], [height, height], color=style["color"], linewidth=2)
    axes.plot([100 * estimate["estimate"]], [height], markersize=7, linestyle="none", clip_on=False, zorder=3, **style)


def _shortened(label: str) -> str:
    longest = 28
    return label if len(label) <= longest else label[: longest - 1] + "…"
