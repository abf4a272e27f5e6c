"""Several attacks in one study: the figures of each side by side, and how the attacks differ."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.study_summary import StudySummary
from perception.analysis.visibility.shown_changes import ShownChanges
from perception.core.formatting import area, coefficient, count, levels, percent, points, ratio
from studies.models.pair_sets.attack_arms import differing_strengths
from studies.report.measures import FALLING, measure_value, measure_with_unit
from studies.report.sections.detection.two_arms import merit_name, two_arms_section
from studies.report.sections.elements import LabelledText, Section, Table
from studies.report.wording import (
    ATTACK,
    CONTROL_NOT_NOTICED,
    WORDINGS,
    capitalized,
    listed,
    methods_named,
    shares_of,
    silent_text,
    uncapitalized,
    without_interval_text,
)

ONE = "one strength"
TITLE = "What observers saw of each attack"
DIFFERENCES = "Differences between the attacks"
CHANGES = "How large the changes were in the images shown: median (quartiles)"
NOT_MEASURED = "not measured"


class Figure(NamedTuple):
    """A figure of one attack.

    Attributes
    ----------
    label
        What it is called.
    text
        As it is written.
    estimate
        Where the notes name its method; None else.
    """

    label: str
    text: str
    estimate: Estimate | None = None


def attacks_section(
    summary: StudySummary, strengths: Mapping[str, tuple[float, ...]], *, silent: Sequence[str]
) -> Section:
    """Return the main figures of each attack side by side.

    Parameters
    ----------
    summary
        The figures, of a study of several attacks.
    strengths
        Of each attack by its name, in 8-bit levels.
    silent
        Who finished without an answer that counts.
    """
    lines = {name: _figures(of_arm) for name, of_arm in sorted(summary.arms.items(), key=_noticed)}
    columns = list(dict.fromkeys(figure.label for figures in lines.values() for figure in figures))
    rows = tuple(
        (name, listed(strengths[name]), *(_text(label, figures) for label in columns))
        for name, figures in lines.items()
    )
    main = WORDINGS[summary.task].shares[0]
    changes = changes_table(summary.arms)
    return Section(
        key="attacks",
        title=TITLE,
        lead=tuple(text for text in (_who(summary), silent_text(silent)) if text),
        headline=tuple(LabelledText(f"{main}: {name}", _text(main, figures)) for name, figures in lines.items()),
        tables=(
            Table("Figures of each attack", ("Attack", "Strength", *columns), rows),
            *([] if changes is None else [changes]),
        ),
        notes=(
            "The least noticed attack stands first.",
            *control_told(summary),
            _methods(columns, lines),
            *changes_explained(summary),
            *_unlike(strengths, summary.control),
        ),
    )


def control_told(summary: StudySummary) -> tuple[str, ...]:
    """Return what the positive control shows, and what it is left out of; nothing without one."""
    found = summary.control_noticed
    if found is None:
        return ()
    guessing = (
        "right choices less ½" if isinstance(summary.answers, ChoiceSummary) else "share noticed less false alarms"
    )
    told = f"{guessing}: {points(found)} percentage points"
    shown = (
        f"It was noticed ({told}), so a change could be seen in this study."
        if summary.control_was_noticed
        else f"{CONTROL_NOT_NOTICED} ({capitalized(told)}.)"
    )
    return (
        f"“{summary.control}” is a change that is surely seen. {shown} It is in no figure of all attacks together, no "
        "difference between attacks, and no adjusted p-value.",
    )


def changes_table(arms: Mapping[str, StudySummary]) -> Table | None:
    """Return the measures of the image pairs that were shown of each attack; None where none is known of any.

    Parameters
    ----------
    arms
        The figures of each attack by its name. The least noticed one stands first.
    """
    arms = dict(sorted(arms.items(), key=_noticed))
    measures = list(dict.fromkeys(name for of_arm in arms.values() for name in of_arm.changes))
    if not measures:
        return None
    rows = tuple(
        (name, _pairs_shown(of_arm), *(_change(measure, of_arm.changes.get(measure)) for measure in measures))
        for name, of_arm in arms.items()
    )
    return Table(CHANGES, ("Attack", "Image pairs", *map(measure_with_unit, measures)), rows)


def _pairs_shown(summary: StudySummary) -> str:
    """Return how many image pairs of an attack were shown; every measure counts the same ones."""
    one = next(iter(summary.changes.values()), None)
    return "0" if one is None else f"{one.n + one.without_a_value:,}"


def _change(measure: str, change: ShownChanges | None) -> str:
    if change is None or change.median is None or change.lower_quartile is None or change.upper_quartile is None:
        return NOT_MEASURED
    middle, low, high = (
        measure_value(measure, value) for value in (change.median, change.lower_quartile, change.upper_quartile)
    )
    told = f"{middle} ({low}–{high})"
    return f"{told}, of {change.n:,} pairs" if change.without_a_value else told


def changes_explained(summary: StudySummary) -> tuple[str, ...]:
    """Return what the measures of each attack are of, and what to do where one is missing; nothing without any."""
    if not any(of_arm.changes for of_arm in summary.arms.values()):
        return ()
    text = (
        "The measures are of the image pairs that were shown, each counted once, on the saved 8-bit images; larger "
        f"{listed(FALLING)} are smaller changes."
    )
    missing = any(change.without_a_value for of_arm in summary.arms.values() for change in of_arm.changes.values())
    if not missing:
        return (text,)
    return (
        f"{text} Where a measure is missing, nobody has taken it of these pairs (`measure_visibility` does), or the "
        "images are too small for it.",
    )


def _noticed(arm: tuple[str, StudySummary]) -> float:
    """Return the share of what was perturbed that was noticed, of one attack; ∞ where nothing was answered."""
    share = shares_of(arm[1].answers.pooled)[0].estimate
    return math.inf if share is None else share


def differences_section(
    summary: StudySummary, strengths: Mapping[str, tuple[float, ...]], compared_by: str
) -> Section | None:
    """Return each two attacks compared.

    Parameters
    ----------
    summary, strengths
        As for `attacks_section`.
    compared_by
        The figure by which the protocol compares them, of `perception.analysis.two_arms.summary.MERITS`.
    """
    section = two_arms_section(summary.two_arms, summary.task, arm=ATTACK)
    if section is None:
        return None
    named = f"By the protocol the attacks are compared by {uncapitalized(merit_name(compared_by, summary.task))}"
    adjusted = ", with p-values adjusted after Holm over the pairs of attacks" if len(summary.two_arms) > 1 else ""
    own = f"{named}{adjusted}; the other figures stand beside it."
    main = [fact for fact in section.headline if fact.name.startswith(f"{merit_name(compared_by, summary.task)},")]
    return replace(
        section,
        title=DIFFERENCES,
        headline=tuple(main) or section.headline,
        notes=(own, *section.notes, *_unlike(strengths, summary.control)),
    )


def _text(label: str, figures: Sequence[Figure]) -> str:
    """Return a figure as it is written; that of a curve is missing where there is one strength."""
    return next((figure.text for figure in figures if figure.label == label), ONE)


def _methods(columns: Sequence[str], lines: Mapping[str, Sequence[Figure]]) -> str:
    """Name the methods of each column, and say which images each line is of."""
    every = [figure for figures in lines.values() for figure in figures]
    named = []
    for label in columns:
        estimates = [figure.estimate for figure in every if figure.label == label and figure.estimate is not None]
        if estimates:
            named.append(f"{label}: {methods_named(estimates)}.")
    without = without_interval_text(
        (f"{name}, {figure.label}", figure.estimate)
        for name, figures in lines.items()
        for figure in figures
        if figure.estimate is not None
    )
    own = "The figures of each attack are of its own images, beside all clean ones."
    return " ".join(text for text in (*named, without, own) if text)


def _who(summary: StudySummary) -> str:
    answers = summary.answers
    who = f"{answers.n_answering:,} observer{'' if answers.n_answering == 1 else 's'}"
    named = listed([f"“{name}”" for name in summary.arms])
    attacks = f"{len(summary.arms)} attacks: {named}"
    if summary.task == "two_afc":
        return f"{who} judged pairs of images of {attacks}. {_apart(summary, 'pair')}."
    absent = WORDINGS[summary.task].shown[1].lower()
    return f"{who} judged the perturbed images of {attacks}. {_apart(summary, 'image')}; {absent} stand for all."


def _apart(summary: StudySummary, what: str) -> str:
    """Say that nobody met an image under two attacks; of images of one's own, that others may have met it so."""
    if summary.asked.own_images:
        return f"No observer judged {'an' if what == 'image' else 'a'} {what} under two of them, but several may have"
    return f"No {what} was judged under two of them"


def _figures(summary: StudySummary) -> list[Figure]:
    """Return the figures of one attack."""
    answers, (main_name, other_name) = summary.answers, WORDINGS[summary.task].shares
    main, other = shares_of(answers.pooled)
    figures = [Figure("Answers", count(main)), Figure(main_name, percent(main), main)]
    if isinstance(answers, ChoiceSummary):
        d_prime, right = answers.pooled.d_prime, answers.against_chance.estimate
        figures.append(Figure("d′", coefficient(d_prime), d_prime))
        figures.append(Figure("Right choices (90% interval)", percent(right), right))
    else:
        d_prime, balanced = answers.group_d_prime.estimate, answers.balanced_accuracy.estimate
        figures.append(Figure(other_name, percent(other)))
        figures.append(Figure("d′", coefficient(d_prime), d_prime))
        figures.append(Figure("Balanced accuracy (90% interval)", percent(balanced), balanced))
    if summary.ratings is not None:
        figures.append(Figure("Area under the ROC curve", area(summary.ratings.pooled), summary.ratings.pooled))
    if summary.degradation is not None:
        dmos = summary.degradation.test.these_observers
        figures.append(Figure("Mean grade (DMOS)", ratio(dmos), dmos))
    if summary.psychometric is not None:
        noticed = summary.psychometric.pooled.thresholds.noticed
        figures.append(Figure("Half noticed at, levels", levels(noticed), noticed))
    return figures


def _unlike(strengths: Mapping[str, tuple[float, ...]], control: str | None) -> tuple[str, ...]:
    """Return what is to be known where not all attacks that are compared have the same strengths."""
    differing = differing_strengths(strengths, control=control)
    if not differing:
        return ()
    told = "; ".join(f"{name} {listed(of_attack)}" for name, of_attack in differing.items())
    return (
        f"The attacks have different strengths ({told} of 255 levels): what they differ by is of attack and strength "
        "together. The verdicts and the curve of each attack tell its strengths apart.",
    )
