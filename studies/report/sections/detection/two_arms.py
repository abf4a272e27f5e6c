"""Two arms that the same observers judged: each figure in both, the difference, and what it varies by."""

from collections.abc import Sequence
from math import isfinite

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.number_words import signed
from perception.analysis.observations import Task
from perception.analysis.two_arms.obuchowski_rockette import Comparison
from perception.analysis.two_arms.summary import ArmComparison, MeritComparison
from perception.core.formatting import area, area_difference, level, p_value, percent, points
from studies.report.sections.elements import LabelledText, Section, Table
from studies.report.wording import WORDINGS, methods_named, without_interval_text

AREA = "roc_area"
NAMES = {
    "balanced_accuracy": "Balanced accuracy",
    AREA: "Area under the ROC curve",
    "right_choices": "Right choices",
    "right_diagnoses": "Right diagnoses",
}
COMPONENTS = (
    ("ms_arms", "Mean square of {arm}s, MS(T)"),
    ("ms_observers", "Mean square of observers, MS(R)"),
    ("ms_arms_observers", "Mean square of {arm}s × observers, MS(T·R)"),
    ("var_observers", "Variance of observers, Var(R)"),
    ("var_arms_observers", "Variance of {arm}s × observers, Var(T·R)"),
    ("cov_same_observer", "Cov₁: one observer, two {arm}s"),
    ("cov_same_arm", "Cov₂: two observers, one {arm}"),
    ("cov_neither", "Cov₃: two observers, two {arm}s"),
    ("var_error", "Variance of the error"),
)
"""The keys of `Components.as_dict`, and what a table calls them, with the word for an arm to be filled in."""


def two_arms_section(comparisons: Sequence[ArmComparison], task: Task, *, arm: str) -> Section | None:
    """Return the comparison of each two arms; None without arms.

    Parameters
    ----------
    comparisons, task
        Of `StudySummary`.
    arm
        What an arm is called: `ATTACK` or `ARM` of `studies.report.wording`.
    """
    if not comparisons:
        return None
    compared = [one for one in comparisons if one.merits]
    several = len(comparisons) > 1
    return Section(
        key="two-arms",
        title=f"Two {arm}s" if not several else f"Two {arm}s at a time",
        lead=tuple(text for one in comparisons for text in _who(one, arm, several=several)),
        headline=tuple(fact for one in compared for fact in _headline(one, task)),
        tables=tuple(table for one in compared for table in (*_tables(one, task, arm), *_observers(one, task))),
        notes=_notes(compared, arm, task, several=several),
    )


def _pair(one: ArmComparison) -> str:
    return f"{one.arms[0]} against {one.arms[1]}"


def merit_name(merit: str, task: Task) -> str:
    """Return what the report calls a figure of `perception.analysis.two_arms.summary.MERITS`."""
    place = ("sensitivity", "specificity").index(merit) if merit in ("sensitivity", "specificity") else None
    return NAMES[merit] if place is None else WORDINGS[task].shares[place]


def _value(merit: str, estimate: Estimate) -> str:
    return area(estimate) if merit == AREA else percent(estimate)


def _difference(merit: str, estimate: Estimate) -> str:
    return area_difference(estimate) if merit == AREA else points(estimate)


def _who(one: ArmComparison, arm: str, *, several: bool) -> list[str]:
    """Return who judged what in both arms, and who is left out."""
    if not one.observers:
        return [f"{_pair(one)}: no observer judged both {arm}s, so that they are not compared."]
    first, second = one.images
    if one.shared == first == second:
        images = f"{first} images in each, the same ones"
    elif one.shared:
        images = f"{first} images of {one.arms[0]} and {second} of {one.arms[1]}, of which {one.shared} are in both"
    else:
        images = f"{first} images of {one.arms[0]} and {second} others of {one.arms[1]}"
    who = "1 observer" if len(one.observers) == 1 else f"{len(one.observers)} observers"
    told = [f"{f'{_pair(one)}: ' if several else ''}{who} judged both {arm}s: {images}."]
    if one.left_out:
        judged = f"judged one of the {arm}s alone and is" if len(one.left_out) == 1 else "judged one alone and are"
        told.append(f"{', '.join(one.left_out)} {judged} in no figure of this comparison.")
    return told


def _headline(one: ArmComparison, task: Task) -> list[LabelledText]:
    unit = {AREA: ""}
    return [
        LabelledText(
            f"{merit_name(merit, task)}, {one.arms[0]} less {one.arms[1]}",
            _difference(merit, found.main.difference),
            f"{unit.get(merit, 'percentage points; ')}{_test(found.main)}{_after_holm(found)}",
        )
        for merit, found in one.merits.items()
    ]


def _after_holm(found: MeritComparison) -> str:
    """Write the p-value over all pairs of arms; nothing where there is one pair, or no test."""
    return "" if found.p_adjusted is None else f"; after Holm p {p_value(found.p_adjusted)}"


def _test(comparison: Comparison) -> str:
    """Write a test as `F(1, 15.3) = 4.46, p = 0.052`; nothing where there is none."""
    if comparison.statistic is None or comparison.freedom is None:
        return comparison.difference.reason or comparison.difference.method
    named = f"F(1, {comparison.freedom:.1f})" if isfinite(comparison.freedom) else "χ²(1)"
    return f"{named} = {comparison.statistic:.2f}, p {p_value(comparison.p)}"


def _tables(one: ArmComparison, task: Task, arm: str) -> list[Table]:
    adjusted = any(found.p_adjusted is not None for found in one.merits.values())
    head = ("Figure", *one.arms, "Difference", "Test of no difference", *(("p after Holm",) if adjusted else ()))
    rows = tuple(
        (
            merit_name(merit, task),
            *(_value(merit, of_arm) for of_arm in found.arms),
            _difference(merit, found.main.difference),
            _test(found.main),
            *((f"p {p_value(found.p_adjusted)}",) if adjusted else ()),
        )
        for merit, found in one.merits.items()
    )
    tables = [Table(f"{_pair(one)}", head, rows)]
    others = tuple(line for merit, found in one.merits.items() for line in _other_ways(merit, found, task))
    if others:
        less = f"{one.arms[0]} less {one.arms[1]}"
        label = f"{_pair(one)}: the same differences, computed in other ways"
        tables.append(Table(label, (less, "For", "Difference", "Test of no difference"), others, prose=True))
    known = {merit: found.components for merit, found in one.merits.items() if found.components is not None}
    if known and len(one.observers) > 1:
        lines = tuple(
            (name.format(arm=arm), *(_small(components.as_dict()[key]) for components in known.values()))
            for key, name in COMPONENTS
        )
        label = f"{_pair(one)}: analysis of variance and components of variance"
        tables.append(Table(label, (_pair(one), *(merit_name(merit, task) for merit in known)), lines))
    return tables


def _other_ways(merit: str, found: MeritComparison, task: Task) -> list[tuple[str, ...]]:
    ways = (
        ("observers and images like these, by the jackknife", found.jackknife),
        ("these observers, images like these", found.these_observers if found.observers_random else None),
        ("observers like these, these images", found.these_images),
    )
    return [
        (merit_name(merit, task), who, _difference(merit, way.difference), _test(way))
        for who, way in ways
        if way is not None and way.difference.estimate is not None
    ]


def _small(value: object) -> str:
    return signed(value, digits=6) if isinstance(value, int | float) else ""


def _observers(one: ArmComparison, task: Task) -> list[Table]:
    """Return a table for each figure with a line for each observer."""
    return [
        Table(
            f"{merit_name(merit, task)} of each observer",
            ("Observer", *(f"{merit_name(merit, task)}, {arm}" for arm in one.arms), "Difference"),
            tuple(
                (name, *(_alone(merit, value) for value in observer.arms), _difference(merit, observer.difference))
                for name, observer in found.observers.items()
            ),
        )
        for merit, found in one.merits.items()
        if found.observers
    ]


def _alone(merit: str, value: float) -> str:
    return f"{value:.3f}" if merit == AREA else f"{100 * value:.1f}%"


def _notes(compared: list[ArmComparison], arm: str, task: Task, *, several: bool) -> tuple[str, ...]:
    merits = [found for one in compared for found in one.merits.values()]
    if not merits:
        return ()
    main = [found.main.difference for found in merits]
    stated = next((level(estimate) for estimate in main if level(estimate)), "")
    of_level = f" with {stated} intervals" if stated else ""
    text = f"Differences are of the first {arm} less the second{of_level}: {methods_named(main)}."
    text += " The tests are of each figure alone: which one counts is to be said before the answers are seen."
    if several:
        text += f" Of each figure, the p-values of all pairs of {arm}s are also given adjusted after Holm 1979."
    without = without_interval_text(
        (f"{merit_name(merit, task)}, {name}", estimate)
        for one in compared
        for merit, found in one.merits.items()
        for name, estimate in zip(one.arms, found.arms, strict=True)
    )
    return (text, *((without,) if without else ()))
