"""Colours, settings and SVG of every plot. Matplotlib is loaded with the first plot, not with the server."""

import io
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class MarkerStyle(TypedDict):
    """How the points of one kind look."""

    color: str
    marker: str


INK = "#1c1f21"
FAINT = "#8b9397"
# Blue and vermilion of Okabe & Ito: told apart with any colour vision, and by their markers in print.
FIRST: MarkerStyle = {"color": "#0072b2", "marker": "o"}
SECOND: MarkerStyle = {"color": "#d55e00", "marker": "s"}
THIRD_COLOR = "#009e73"  # their bluish green


def plot_style(name: str) -> AbstractContextManager[None]:
    """Return Matplotlib's settings; the salt keeps the ids of two plots on one page apart."""
    from matplotlib import rc_context

    return rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": f"perception {name}",
            "font.family": "sans-serif",
            "text.parse_math": False,
        }
    )


def svg_of(figure: "Figure") -> str:
    """Return a figure as an SVG element: text as text, and the same bytes for the same figure."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = out.getvalue()
    return svg[svg.index("<svg") :]
