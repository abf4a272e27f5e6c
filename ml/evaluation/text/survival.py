"""What is left of an attack after each degradation, as plain text."""

from collections.abc import Sequence
from typing import Any

from perception.analysis.estimates.estimate import Estimate
from perception.core.formatting import percent, percent_alone

COLUMNS = ("Fooling ratio", "Clean", "Accuracy, clean", "Accuracy, perturbed")


def survival_text(rows: Sequence[dict[str, Any]], *, target: str) -> str:
    """Write a survival's rows, one a degradation, for a terminal.

    Parameters
    ----------
    rows
        What `ml.models.Survival` holds.
    target
        The attack's target class.
    """
    table = [
        (
            row["name"],
            percent(Estimate.from_dict(row["fooling_ratio"])),
            percent_alone(Estimate.from_dict(row["clean_read_as_target"])),
            percent(Estimate.from_dict(row["accuracy_before"])),
            percent(Estimate.from_dict(row["accuracy_after"])),
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
        notes.append(f"n = {rows[0]['n']}; intervals: {rows[0]['fooling_ratio']['method']}.")
    return "\n".join([head, *lines, *notes])
