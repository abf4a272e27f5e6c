"""What is left of an attack after each degradation, as plain text."""

from collections.abc import Sequence

from ml.evaluation.survival_row import SurvivalRow
from perception.core.formatting import percent, percent_alone

COLUMNS = ("Fooling ratio", "Clean", "Accuracy, clean", "Accuracy, perturbed")


def survival_text(rows: Sequence[SurvivalRow], *, target: str) -> str:
    """Write a survival's rows, one a degradation, for a terminal.

    Parameters
    ----------
    rows
        What `ml.models.Survival` holds, read.
    target
        The attack's target class.
    """
    table = [
        (
            row.name,
            percent(row.fooling_ratio),
            percent_alone(row.clean_read_as_target),
            percent(row.accuracy_before),
            percent(row.accuracy_after),
        )
        for row in rows
    ]
    widths = [max(len(line[place]) for line in [("Degradation", *COLUMNS), *table]) for place in range(5)]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    head = "  ".join(f"{cell:<{width}}" for cell, width in zip(("Degradation", *COLUMNS), widths, strict=True)).rstrip()
    notes = [
        "",
        f"Clean: how much of the unperturbed images not of class {target} is read as {target} after the degradation.",
    ]
    if rows:
        notes.append(f"n = {rows[0].n}; intervals: {rows[0].fooling_ratio.method}.")
    return "\n".join([head, *lines, *notes])
