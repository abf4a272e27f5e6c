"""Which number predicts seeing: each measure of the change beside what observers noticed."""

from functools import partial

from perception.analysis.observations import Task
from perception.analysis.study_summary import StudySummary
from perception.analysis.visibility.detection_curve import Point
from perception.analysis.visibility.summary import Prediction, VisibilitySummary
from perception.core.formatting import coefficient, percent
from studies.report.measures import FALLING, measure_name, measure_value, measure_with_unit
from studies.report.plots.visibility import detection_curves_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import methods_named

NOTICED: dict[Task, str] = {
    "yes_no": "called perturbed",
    "same_different": "called different",
    "two_afc": "chosen rightly",
}
OF_EACH_ATTACK = "Rank correlation within each attack"
UNKNOWN = "–"


def visibility_section(summary: StudySummary) -> Section | None:
    """Return the measures beside one another; None where none is known of the images."""
    visibility = summary.visibility
    if visibility is None:
        return None
    noticed = NOTICED[summary.task]
    first = visibility.predictions[0]
    words = _in_words(visibility, noticed)
    plot = partial(
        detection_curves_plot, [(measure_with_unit(one.measure), one.curve) for one in visibility.predictions], noticed
    )
    of_attacks = _of_each_attack(summary, visibility)
    correlations = [one.correlation for one in visibility.predictions]
    differences = [one.behind for one in visibility.predictions if one.behind is not None]
    return Section(
        key="visibility",
        title="Which number predicts seeing",
        lead=(words,),
        plots=(
            Plot(
                plot,
                f"Share of image pairs {noticed} against each measure of the change. {words} Each pair’s values are "
                "in the file visibility-points.csv.",
                draw_narrow=partial(plot, narrow=True),
            ),
        ),
        tables=(
            Table(
                "Rank correlation of each measure with the share of observers who noticed",
                ("Measure", "ρ", "Behind the first"),
                tuple(_line(one) for one in visibility.predictions),
            ),
            *([] if of_attacks is None else [of_attacks]),
            Table(
                f"Share {noticed}, image pairs grouped by {measure_name(first.measure)}",
                (measure_with_unit(first.measure), "Answers", f"Share {noticed}"),
                tuple(_point(point, first.measure) for point in first.curve.points),
            ),
        ),
        facts=_facts(visibility),
        notes=(
            "ρ is Spearman’s rank correlation over image pairs of the measure with the share of observers who noticed; "
            f"of measures that fall where the change grows ({', '.join(FALLING)}) that of their "
            "negative: 1 where the measure ranks the pairs as observers do, 0 where it tells nothing.",
            f"Intervals: {methods_named([*correlations, *differences])}. They speak of images and observers like "
            "these, of as many observers. Curves are logistic regressions, and describe.",
            *_attacks_explained(summary, of_attacks),
            "No measure was chosen beforehand: that one is the first of several in these answers is a finding to be "
            "confirmed in others, unless its difference to the next excludes 0. Each interval is for a measure, or for "
            "two, named before the answers: of many measures the first is above 0, or above one further down, by "
            "chance more often than the level says.",
        ),
    )


def _of_each_attack(summary: StudySummary, together: VisibilitySummary) -> Table | None:
    """Return the correlation of each measure within each attack, measures as in the table above; None without arms."""
    if not summary.arms:
        return None
    of_arms = [_correlations(of_arm) for of_arm in summary.arms.values()]
    pairs = (
        str(of_arm.visibility.items) if of_arm.visibility is not None else "too few" for of_arm in summary.arms.values()
    )
    lines = (
        (measure_name(one.measure), *(found.get(one.measure, UNKNOWN) for found in of_arms))
        for one in together.predictions
    )
    return Table(OF_EACH_ATTACK, ("Measure", *summary.arms), (*lines, ("Image pairs", *pairs)))


def _correlations(of_arm: StudySummary) -> dict[str, str]:
    """Return the correlations of one attack as they are written, by the key of the measure."""
    if of_arm.visibility is None:
        return {}
    return {one.measure: coefficient(one.correlation) for one in of_arm.visibility.predictions}


def _attacks_explained(summary: StudySummary, table: Table | None) -> tuple[str, ...]:
    if table is None:
        return ()
    return (
        "All attacks together, a measure may rank the attacks and tell nothing within one; within one attack it is "
        "held against pairs of that attack alone. “–”: fewer than three image pairs of that attack have every measure, "
        "or none has this one.",
    )


def _in_words(visibility: VisibilitySummary, noticed: str) -> str:
    first, *others = visibility.predictions
    name = measure_name(first.measure)
    if first.correlation.estimate is None:
        return (
            "No measure can be ranked: image pairs have one value of each, or were all noticed by the same share of "
            "observers."
        )
    text = f"What was {noticed} is ranked best by {name}: ρ {coefficient(first.correlation)}."
    if first.correlation.low is not None and first.correlation.low <= 0:
        text += " That is not told from chance."
    if others and first.correlation.low is not None and first.correlation.low > 0:
        # From the next alone: the first of these answers would be told apart from one further down too often by chance.
        (following, *_) = others
        apart = following.behind is not None and following.behind.low is not None and following.behind.low > 0
        text += f" It is {'' if apart else 'not '}told apart from the next, {measure_name(following.measure)}."
    return text


def _line(one: Prediction) -> tuple[str, ...]:
    behind = "–" if one.behind is None else coefficient(one.behind)
    return measure_name(one.measure), coefficient(one.correlation), behind


def _point(point: Point, measure: str) -> tuple[str, ...]:
    low, high = measure_value(measure, point.low), measure_value(measure, point.high)
    values = low if low == high else f"{low} to {high}"
    return values, f"{point.share.k} of {point.share.n}", percent(point.share)


def _facts(visibility: VisibilitySummary) -> tuple[LabelledText, ...]:
    facts = [LabelledText("Image pairs", str(visibility.items))]
    if visibility.without_a_value:
        facts.append(LabelledText("Left out, since a measure is missing", str(visibility.without_a_value)))
    if visibility.ceiling is not None:
        facts.append(
            LabelledText(
                "Ceiling",
                f"about {visibility.ceiling:.2f}",
                "the correlation that a number would have which knew the share of all observers exactly: these shares "
                "come from few",
            )
        )
    return tuple(facts)
