"""The paper's Figure 2: how many images each class has on either side of the split, as a drawing for a publication."""

import io

from ml.datasets.class_distribution import ClassDistribution

INK = "#1c1f21"
# Blue and vermilion of Okabe & Ito: told apart with any colour vision.
TRAIN, TEST = "#0072b2", "#d55e00"


def class_distribution_svg(distribution: ClassDistribution) -> str:
    """Draw horizontal bars, train and test end to end, with the numbers written out, as an SVG element."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    rows = distribution.classes
    places = range(len(rows))
    with rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "perception", "font.family": "sans-serif", "text.parse_math": False}
    ):
        figure = Figure(figsize=(7.2, 0.9 + 0.42 * len(rows)), layout="constrained")
        axes = figure.add_subplot()
        axes.barh(places, [row.train for row in rows], color=TRAIN, height=0.62, label="Train")
        left = [row.train for row in rows]
        axes.barh(places, [row.test for row in rows], left=left, color=TEST, height=0.62, label="Test")
        for place, row in enumerate(rows):
            told = f"{row.total:,} ({row.train:,} + {row.test:,})"
            axes.annotate(
                told, (row.total, place), (5, 0), textcoords="offset points", va="center", color=INK, fontsize=9
            )
        axes.set_yticks(places, [row.name for row in rows], color=INK)
        axes.invert_yaxis()
        axes.set_xlim(0, 1.28 * max((row.total for row in rows), default=1))
        axes.set_xlabel("images", color=INK)
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = out.getvalue()
    return svg[svg.index("<svg") :]
