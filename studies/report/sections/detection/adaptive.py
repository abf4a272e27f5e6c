"""Thresholds where strengths were chosen from answers: of each observer, and of observers like these."""

from dataclasses import replace
from functools import partial

from perception.analysis.psychometric.adaptive_summary import AdaptiveSummary
from perception.core.formatting import coefficient, levels
from studies.report.plots.curves import staircase_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import listed, methods_named

OF_MIXED_STRENGTHS = {
    "headline",
    "per-observer",
    "psychometric",
    "d-prime",
    "undetectable",
    "items",
    "roc",
    "visibility",
    "learning",
    "diagnoses",
    "paper",
    "exclusions",
}
"""Keys of the sections whose figures follow from which strengths were shown."""
BIASED = (
    "Strengths were chosen from the answers: a share at one strength, a curve through such shares, and every figure of "
    "all strengths together follow from what was chosen as well as from what can be seen, and are biased. The "
    "thresholds of “Threshold, strengths chosen from answers” are not."
)


def threshold_headline(adaptive: AdaptiveSummary) -> tuple[LabelledText, ...]:
    """Return the large figures: the threshold and the slope of observers like these."""
    return (
        LabelledText("Threshold", levels(adaptive.threshold), "8-bit levels; observers like these"),
        LabelledText("Slope", coefficient(adaptive.slope), "a doubling of strength; observers like these"),
    )


def adaptive_section(adaptive: AdaptiveSummary | None) -> Section | None:
    """Return thresholds and slopes; None where strengths were not chosen from answers."""
    if adaptive is None:
        return None
    notes = [
        f"Each observer: {methods_named(one.threshold for one in adaptive.observers.values())}. All: "
        f"{methods_named([adaptive.threshold])}.",
        "Half noticed is halfway between the share of false alarms (of two images: guessing) and the ceiling. The "
        "slope is what the argument of the normal distribution function gains with each doubling of strength. Images "
        "are taken to be alike: what they differ by makes the slope flatter.",
    ]
    if adaptive.outside and adaptive.threshold.estimate is not None:
        notes.append(
            f"The threshold of {listed([*adaptive.outside])} lies outside the strengths shown, or cannot be told; "
            "in the mean of all stand their posterior means, which the range of the strengths draws towards itself."
        )
    return Section(
        key="adaptive",
        title="Threshold, strengths chosen from answers",
        headline=threshold_headline(adaptive),
        lead=(adaptive.in_words,),
        plots=(
            Plot(
                partial(staircase_plot, adaptive),
                "Strength of the perturbed images by trial, a line for each observer beside the others; filled "
                "where it was noticed, empty where not. "
                f"{adaptive.in_words}",
                draw_narrow=partial(staircase_plot, adaptive, narrow=True),
            ),
        ),
        tables=(
            Table(
                "Threshold and slope of each observer",
                ("Observer", "Half noticed at, levels", "Slope a doubling"),
                tuple(
                    (name, levels(one.threshold), coefficient(one.slope)) for name, one in adaptive.observers.items()
                ),
                (("Observers like these", levels(adaptive.threshold), coefficient(adaptive.slope)),),
            ),
        ),
        notes=tuple(notes),
    )


def with_bias_of_choice(section: Section) -> Section:
    """Return a section of such a study with the note that its figures are biased by the choice, if they are."""
    has_figures = section.key in OF_MIXED_STRENGTHS and (section.key != "exclusions" or len(section.tables) > 1)
    if not has_figures:
        return section
    return replace(section, notes=(BIASED, *section.notes))
