"""Evaluations of one attack on several datasets, side by side: does the figure hold on images from elsewhere?"""

from collections.abc import Mapping

from ml.evaluation.stored_table import AttackTable, StoredJson, read_attack_table
from perception.analysis.estimates.estimate import Estimate
from perception.core.formatting import percent, percent_alone, share


def comparison_text(tables: Mapping[str, StoredJson]) -> str:
    """Write evaluations' tables side by side, for a terminal.

    Parameters
    ----------
    tables
        By name of the dataset, what an evaluation holds; all of one attack.
    """
    lines = [("", list(tables))]
    read = [read_attack_table(table) for table in tables.values()]
    overall = [table.overall for table in read]
    target = read[0].target
    lines += [
        ("Images", [str(one.n) for one in overall]),
        ("Accuracy, clean", [percent(one.accuracy_before) for one in overall]),
        ("Accuracy, perturbed", [percent(one.accuracy_after) for one in overall]),
        ("Balanced accuracy, clean", [share(one.balanced_accuracy_before) or "–" for one in overall]),
        ("Balanced accuracy, perturbed", [share(one.balanced_accuracy_after) or "–" for one in overall]),
        (f"Fooling ratio, not {target}", [percent(one.fooling_ratio) for one in overall]),
        (f"  and not read as {target} before", [_if_counted(one.fooling_ratio_of_others) for one in overall]),
    ]
    for name in dict.fromkeys(name for table in read for name in table.classes):
        if name != target:
            lines.append((f"  of {name}", [_of_class(table, name) for table in read]))
    return _columns(lines)


def _of_class(table: AttackTable, name: str) -> str:
    row = table.classes.get(name)
    return "–" if row is None or not row.n else f"{percent_alone(row.fooling_ratio)} of {row.n}"


def _if_counted(estimate: Estimate | None) -> str:
    return "–" if estimate is None else percent(estimate)


def _columns(lines: list[tuple[str, list[str]]]) -> str:
    first = max(len(name) for name, _ in lines)
    widths = [max(len(cells[place]) for _, cells in lines) for place in range(len(lines[0][1]))]
    written = []
    for name, cells in lines:
        padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
        written.append("  ".join([f"{name:<{first}}", *padded]).rstrip())
    return "\n".join(written)
