"""What an evaluation holds of an attack, read from its JSON into figures: the one place that knows the JSON's keys."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from perception.analysis.accuracy_by_lesion import AccuracyByLesion
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.mcnemar import McNemar

NO_WIDTH = "no interval: that of the earlier version that measured this had no width; measure again"
"""Stands for the method where a stored interval says nothing."""

StoredJson: TypeAlias = Mapping[str, Any]
"""What the database or a file holds of some figures, by their names: read in one place into a dataclass."""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One row of Table 1: what the classifier made of the `n` images of one class, before the attack and after."""

    n: int
    precision_before: Estimate
    recall_before: Estimate
    precision_after: Estimate
    recall_after: Estimate
    fooling_ratio: Estimate

    @property
    def cells(self) -> tuple[Estimate, ...]:
        """The figures in the order of the paper's columns."""
        return self.precision_before, self.recall_before, self.precision_after, self.recall_after, self.fooling_ratio


@dataclass(frozen=True, slots=True)
class OverallFigures:
    """What stands below Table 1. None: not counted when the evaluation was made, or not defined.

    As in `perception.analysis.classification.AttackSummary`.
    """

    n: int
    accuracy_before: Estimate
    accuracy_after: Estimate
    accuracy_difference: Estimate | None
    balanced_accuracy_before: float | None
    balanced_accuracy_after: float | None
    fooling_ratio: Estimate
    fooling_ratio_of_others: Estimate | None
    target_share_before: Estimate | None
    target_share_after: Estimate | None
    mcnemar: McNemar
    by_lesion: AccuracyByLesion | None


@dataclass(frozen=True, slots=True)
class AttackTable:
    """Table 1 and what stands below it; `classes` by name."""

    target: str | None
    """None: any wrong class will do; the fooling ratios are then of what changed its class."""
    classes: dict[str, ClassFigures]
    overall: OverallFigures


def read_attack_table(stored: StoredJson) -> AttackTable:
    """Return the figures of a stored table.

    Parameters
    ----------
    stored
        What `AttackSummary.as_dict` gives, of this version of the program or of an earlier one.

    Raises
    ------
    KeyError
        A figure is missing that every version has stored.
    """
    return AttackTable(
        target=stored["target"],
        # PostgreSQL keeps the keys of JSON, and not their order: on each database a table has one and the same.
        classes={name: _of_class(row) for name, row in sorted(stored["classes"].items())},
        overall=_overall(stored["overall"]),
    )


def _of_class(row: StoredJson) -> ClassFigures:
    return ClassFigures(
        n=row["n"],
        precision_before=_estimate(row["precision_before"]),
        recall_before=_estimate(row["recall_before"]),
        precision_after=_estimate(row["precision_after"]),
        recall_after=_estimate(row["recall_after"]),
        fooling_ratio=_estimate(row["fooling_ratio"]),
    )


def _overall(overall: StoredJson) -> OverallFigures:
    return OverallFigures(
        n=overall["n"],
        accuracy_before=_estimate(overall["accuracy_before"]),
        accuracy_after=_estimate(overall["accuracy_after"]),
        accuracy_difference=_if_counted(overall, "accuracy_difference"),
        balanced_accuracy_before=overall.get("balanced_accuracy_before"),
        balanced_accuracy_after=overall.get("balanced_accuracy_after"),
        fooling_ratio=_estimate(overall["fooling_ratio"]),
        fooling_ratio_of_others=_if_counted(overall, "fooling_ratio_of_others"),
        target_share_before=_if_counted(overall, "target_share_before"),
        target_share_after=_if_counted(overall, "target_share_after"),
        mcnemar=McNemar(**overall["mcnemar"]),
        by_lesion=AccuracyByLesion.from_dict(overall["by_lesion"]) if overall.get("by_lesion") else None,
    )


def _if_counted(overall: StoredJson, name: str) -> Estimate | None:
    stored = overall.get(name)
    return None if stored is None else _estimate(stored)


def _estimate(stored: StoredJson) -> Estimate:
    """Read an estimate; without its interval where that has no width, as versions up to 0.2.0 gave some."""
    estimate = Estimate.from_dict(stored)
    if estimate.low is None or estimate.low != estimate.high:
        return estimate
    return replace(estimate, low=None, high=None, level=None, method=NO_WIDTH)
