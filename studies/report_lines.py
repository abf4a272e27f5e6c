"""The report's figures as the lines of its tables: arranged for the page, not computed."""

from typing import Any

from ml.templatetags.figures import coefficient, percent

Figures = dict[str, Any]


def observer_lines(figures: Figures) -> list[dict[str, Any]]:
    """Return one row for each observer: counts, figures, and the median time in seconds."""
    lines = []
    for name, observer in figures["observers"].items():
        counts = observer["counts"]
        median_ms = figures["response_times"].get(name)
        lines.append(
            {
                "name": name,
                **observer,
                "perturbed": counts["tp"] + counts["fn"],
                "clean": counts["tn"] + counts["fp"],
                "median_s": None if median_ms is None else median_ms / 1000,
            }
        )
    return lines


def comparison_lines(figures: Figures) -> list[dict[str, str]]:
    """Return the figures that stand beside the main ones: name, text, method."""
    lines = []
    for key, note in (
        ("pooled_observers_random", ", for other observers too"),
        ("pooled_as_independent", ", as the paper computes it"),
    ):
        pair = figures[key]
        if pair is None:
            continue
        for which in ("sensitivity", "specificity"):
            estimate = pair[which]
            lines.append(
                {
                    "name": f"Pooled {which}{note}",
                    "text": percent(estimate),
                    "method": estimate["method"],
                }
            )
    for pair in figures["agreement"]["pairs"]:
        kappa = pair["cohen_kappa"]
        lines.append(
            {"name": f"Kappa, {' and '.join(pair['observers'])}", "text": coefficient(kappa), "method": kappa["method"]}
        )
    return lines
