"""Table 1 of Allyn et al. 2020 as plain text."""

from ml.evaluation.stored_table import OverallFigures, StoredJson, read_attack_table
from perception.analysis.estimates.estimate import Estimate
from perception.core.formatting import p_value, percent, percent_alone, points, share

MARK = "*"


def table_one_text(table: StoredJson) -> str:
    """Write what an attack did, laid out as in the paper, for a terminal.

    Parameters
    ----------
    table
        What `AttackSummary.as_dict` of `perception.analysis.classification` gives, or an evaluation holds.
    """
    read = read_attack_table(table)
    overall, target = read.overall, read.target
    width = max(len(name) for name in ("Class", "Overall", *read.classes))
    lines = [
        f"{'':<{width}}  {'':>6}  {'Unperturbed':^19}  {'Perturbed':^19}  {'Fooling':>8}",
        f"{'Class':<{width}}  {'Images':>6}" + f"  {'Precision':>9} {'Recall':>9}" * 2 + f"  {'ratio':>8}",
    ]
    for name, row in read.classes.items():
        lines.append(_line(name, row.n, [cell_text(cell) for cell in row.cells], width))
    cells = ["–"] * 4 + [percent_alone(overall.fooling_ratio)]
    lines.append(_line("Overall", overall.n, cells, width))
    if any(MARK in line for line in lines):
        lines.append(f"{MARK} nothing to divide by: 0 by convention")
    before, after, test = overall.accuracy_before, overall.accuracy_after, overall.mcnemar
    lines += [
        "",
        f"Accuracy   {percent(before)} clean, {percent(after)} perturbed ({before.method}, n = {overall.n})",
        *_balanced_lines(overall),
        f"McNemar    right before and wrong after {test.b}, wrong before and right after {test.c}; "
        f"p {p_value(test.p)} ({test.method})",
        *_lesion_lines(overall),
        f"Fooling    {percent(overall.fooling_ratio)} {_fooled_of(target)}",
        *_others_lines(overall, target),
        *_target_lines(overall, target),
    ]
    return "\n".join(lines)


def _balanced_lines(overall: OverallFigures) -> list[str]:
    before, after = overall.balanced_accuracy_before, overall.balanced_accuracy_after
    if before is None or after is None:
        return []
    return [f"Balanced   {share(before)} clean, {share(after)} perturbed (mean recall of the classes)"]


def _lesion_lines(overall: OverallFigures) -> list[str]:
    if (found := overall.by_lesion) is None:
        return []
    return [
        f"Lesions    {found.lesions}, the images of each as a cluster: {percent(found.before)} clean, "
        f"{percent(found.after)} perturbed,",
        f"           difference {points(found.difference)} points, p {p_value(found.p)} ({found.difference.method})",
    ]


def _fooled_of(target: str | None) -> str:
    return "read as another class than before" if target is None else f"of the images not of class {target}"


def _others_lines(overall: OverallFigures, target: str | None) -> list[str]:
    if overall.fooling_ratio_of_others is None:
        return []
    those = "read rightly before" if target is None else f"not read as {target} before"
    return [f"           {percent(overall.fooling_ratio_of_others)} of those {those}"]


def _target_lines(overall: OverallFigures, target: str | None) -> list[str]:
    before, after = overall.target_share_before, overall.target_share_after
    if before is None or after is None or target is None:
        return []
    shares = percent_alone(after), percent_alone(before)
    return [f"           {shares[0]} of all images are read as {target}, {shares[1]} of the clean ones"]


def _line(name: str, n: int, cells: list[str], width: int) -> str:
    before = f"{cells[0]:>9} {cells[1]:>9}"
    after = f"{cells[2]:>9} {cells[3]:>9}"
    return f"{name:<{width}}  {n:>6}  {before}  {after}  {cells[4]:>8}"


def cell_text(estimate: Estimate) -> str:
    """Write one figure of the table; what is 0 by convention is marked."""
    by_convention = estimate.estimate is not None and estimate.n == 0
    return percent_alone(estimate) + (MARK if by_convention else "")
