"""Groups of observers: each figure of every group, and how far two of them lie apart."""

from collections.abc import Callable
from functools import partial
from math import isfinite

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Task
from perception.analysis.observer_groups.summary import FigureOfGroups, GroupComparison, GroupDifference
from perception.analysis.study_summary import StudySummary
from perception.analysis.two_arms.obuchowski_rockette import Comparison
from perception.core.formatting import area, area_difference, coefficient, level, p_value, percent, points
from studies.report.plots.shares import Group, shares_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import WORDINGS, counted, listed, methods_named, without_interval_text

TITLE = "Groups of observers"
SHARES = ("sensitivity", "specificity", "right_choices")
NAMES = {"dprime": "d′", "criterion": "Criterion", "roc_area": "Area under the ROC curve"}
MOST_UNFOLDED = 30
"""Of more lines of differences than these the tables are shown when they are asked for."""
NO_VERDICT = (
    "The verdict on “undetectable” is of all observers together: the margin, and the number of images and observers "
    "that it takes, were set for them. A group is not said to see nothing because no difference is found."
)

Write = Callable[[Estimate], str]


def groups_section(summary: StudySummary) -> Section | None:
    """Return the comparison of the groups of observers; None without groups."""
    compared = summary.observer_groups
    if compared is None:
        return None
    task, figures = summary.task, compared.figures
    differences = _differences(figures, task)
    names = [name for name in SHARES if name in figures]
    return Section(
        key="groups",
        title=TITLE,
        lead=_lead(compared, task),
        headline=_headline(figures, task),
        plots=(_plot(compared, names, task),) if names else (),
        tables=(_each_group(compared, task), *((differences,) if differences.rows else ()), _agreement(compared)),
        notes=_notes(figures, task, has_verdict=summary.equivalence is not None),
        folded=len(differences.rows) > MOST_UNFOLDED,
    )


def figure_name(figure: str, task: Task) -> str:
    """Return what the report calls a figure of `GroupComparison.figures`."""
    shares = WORDINGS[task].shares
    return NAMES.get(figure) or (shares[1] if figure == "specificity" else shares[0])


def _writes(figure: str) -> tuple[Write, Write]:
    """Return how the figure is written, and a difference of two."""
    if figure in SHARES:
        return percent, points
    return (area, area_difference) if figure == "roc_area" else (coefficient, coefficient)


def _lead(compared: GroupComparison, task: Task) -> tuple[str, ...]:
    judged = ("image", "images") if task == "yes_no" else ("pair", "pairs")
    told = [
        f"{group.name}: {counted(len(group.observers), 'observer', 'observers')}, {counted(group.images, *judged)}"
        for group in compared.groups
    ]
    lines = ["; ".join(told) + "."]
    same = {group.images for group in compared.groups if group.observers}
    pairs = [pair for pair in compared.shared if all(_answered(compared, name) for name in pair)]
    if pairs and len(same) == 1 and {compared.shared[pair] for pair in pairs} == same:
        lines.append(f"All groups judged the same {judged[1]}.")
    elif pairs:
        each = [f"{one} and {other} {compared.shared[one, other]:,}" for one, other in pairs]
        lines.append(f"In common two groups have these numbers of {judged[1]}: {', '.join(each)}.")
    if compared.in_none:
        who = listed(compared.in_none)
        lines.append(f"In no group, and in no figure of this section: {who}.")
    return tuple(lines)


def _answered(compared: GroupComparison, name: str) -> bool:
    return any(group.observers for group in compared.groups if group.name == name)


def _headline(figures: dict[str, FigureOfGroups], task: Task) -> tuple[LabelledText, ...]:
    """Return the differences of two groups; of more, which would be many, none."""
    return tuple(
        LabelledText(
            f"{figure_name(name, task)}, {_pair(one)}",
            _writes(name)[1](one.comparison.difference),
            f"{'percentage points; ' if name in SHARES else ''}{_test(one.comparison)}",
        )
        for name, found in figures.items()
        for one in found.differences
        if len(found.differences) == 1 and one.comparison.difference.estimate is not None
    )


def _pair(one: GroupDifference) -> str:
    return f"{one.groups[0]} less {one.groups[1]}"


def _test(comparison: Comparison) -> str:
    """Write a test as `t(6.3) = 2.11, p = 0.078`; why there is none where there is none."""
    if comparison.statistic is None or comparison.freedom is None:
        return comparison.difference.reason or comparison.difference.method
    sign = 1 if (comparison.difference.estimate or 0) >= 0 else -1
    named = f"t({comparison.freedom:.1f})" if isfinite(comparison.freedom) else "z"
    return f"{named} = {_signed(sign * comparison.statistic**0.5)}, p {p_value(comparison.p)}"


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _plot(compared: GroupComparison, names: list[str], task: Task) -> Plot:
    groups: list[Group] = [
        (group.name, tuple(compared.figures[name].groups[group.name] for name in names)) for group in compared.groups
    ]
    called = [figure_name(name, task) for name in names]
    words = ". ".join(
        f"{name}: " + ", ".join(f"{what.lower()} {percent(share)}" for what, share in zip(called, shares, strict=True))
        for name, shares in groups
    )
    return Plot(partial(shares_plot, groups, called, salt="groups"), f"Forest plot by group. {words}.")


def _each_group(compared: GroupComparison, task: Task) -> Table:
    head = ("Group", "Observers", *(figure_name(name, task) for name in compared.figures))
    rows = tuple(
        (
            group.name,
            f"{len(group.observers):,}",
            *(_writes(name)[0](found.groups[group.name]) for name, found in compared.figures.items()),
        )
        for group in compared.groups
    )
    return Table("Figures of each group: the means of its observers’ own", head, rows)


def _differences(figures: dict[str, FigureOfGroups], task: Task) -> Table:
    adjusted = any(one.p_adjusted is not None for found in figures.values() for one in found.differences)
    head = ("Figure, two groups", "Difference", "Test of no difference", *(("p after Holm",) if adjusted else ()))
    rows = tuple(
        (
            f"{figure_name(name, task)}, {_pair(one)}",
            _writes(name)[1](one.comparison.difference),
            _test(one.comparison),
            *((f"p {p_value(one.p_adjusted)}",) if adjusted else ()),
        )
        for name, found in figures.items()
        for one in found.differences
    )
    return Table("Differences of two groups", head, rows)


def _agreement(compared: GroupComparison) -> Table:
    rows = tuple(
        (
            group.name,
            percent(group.agreement.agreed),
            *(
                coefficient(one)
                for one in (
                    group.agreement.fleiss_kappa,
                    group.agreement.gwet_ac1,
                    group.agreement.krippendorff_alpha,
                )
            ),
        )
        for group in compared.groups
    )
    head = ("Group", "Pairs of answers alike", "Fleiss’ kappa", "Gwet’s AC1", "Krippendorff’s alpha")
    return Table("Agreement within each group", head, rows)


def _notes(figures: dict[str, FigureOfGroups], task: Task, *, has_verdict: bool) -> tuple[str, ...]:
    means = [estimate for found in figures.values() for estimate in found.groups.values()]
    apart = [one.comparison.difference for found in figures.values() for one in found.differences]
    stated = next((level(estimate) for estimate in (*apart, *means) if level(estimate)), "")
    several = any(len(found.differences) > 1 for found in figures.values())
    text = f"Intervals{f' of {stated}' if stated else ''}: {methods_named(apart)}. "
    text += "Each group’s own have the interval of the same model for it alone."
    text += " The tests are of each figure alone: which one counts is to be said before the answers are seen."
    if several:
        text += " Of each figure, the p-values of all pairs of groups are also given adjusted after Holm 1979."
    left_out = {figure_name(name, task): found.left_out for name, found in figures.items() if found.left_out}
    out = " ".join(
        f"Without a {name[:1].lower()}{name[1:]} of their own: {listed(who)}." for name, who in left_out.items()
    )
    without = without_interval_text(
        (f"{figure_name(name, task)}, {group}", estimate)
        for name, found in figures.items()
        for group, estimate in found.groups.items()
    )
    chosen = (
        "Groups are not drawn by lot: whatever else sets their observers apart is in the difference. Agreement is not "
        "compared: its coefficients depend on how often each answer is given."
    )
    return tuple(note for note in (text, out, without, chosen, NO_VERDICT if has_verdict else "") if note)
