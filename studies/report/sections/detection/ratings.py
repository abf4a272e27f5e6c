"""How sure the observers were: the ROC curve."""

from functools import partial

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.ratings.summary import RatingSummary
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, share
from studies.report.plots.shares import roc_plot
from studies.report.sections.elements import Plot, Section, Table
from studies.report.wording import methods_named

AREA = (
    "The area is how often a perturbed image was rated more surely perturbed than a clean one: 0.5 is guessing, 1 is "
    "perfect."
)
OF_ANSWERS = "Nobody rated: the answers are the scale, 1 for “clean”, 2 for the middle answer, 3 for “perturbed”."


def ratings_section(summary: StudySummary) -> Section | None:
    """Return the areas under the ROC curves, and the curve of all ratings together; None where nothing was rated."""
    ratings = summary.ratings
    if ratings is None:
        return None
    foot = [_line("Mean, these observers", ratings.pooled)]
    notes = f"Observers one by one: {methods_named(ratings.observers.values())}. "
    notes += f"These observers: {ratings.pooled.method}."
    if ratings.crossed:
        foot.append(_line("Mean, for other observers too", ratings.crossed))
        notes += f" Other observers too: {ratings.crossed.method}."
    areas = Table(
        "Area under the ROC curve of each observer",
        ("Observer", "Area under the curve", "Images rated"),
        tuple(_line(name, area) for name, area in ratings.observers.items()),
        tuple(foot),
    )
    return Section(
        key="roc",
        title="How sure the observers were: the ROC curve",
        lead=(AREA, *((OF_ANSWERS,) if ratings.of_answers else ())),
        plots=(Plot(partial(roc_plot, ratings), _in_words(ratings), square=True),) if ratings.curve else (),
        tables=(areas, _points(ratings)) if ratings.curve else (areas,),
        notes=(notes,),
    )


def _line(name: str, area: Estimate) -> tuple[str, str, str]:
    return name, coefficient(area), str(area.n)


def _points(ratings: RatingSummary) -> Table:
    rows = tuple(
        (f"{threshold:g} or more", share(hits), share(false_alarms)) for threshold, false_alarms, hits in ratings.curve
    )
    return Table(
        "Points of the ROC curve of all ratings together",
        ("Rated", "Of the perturbed images", "Of the clean images"),
        rows,
    )


def _in_words(ratings: RatingSummary) -> str:
    points = "; ".join(
        f"{threshold:g} or more: {share(hits)} of the perturbed and {share(false_alarms)} of the clean images"
        for threshold, false_alarms, hits in ratings.curve
    )
    return f"ROC curve of all ratings together. Rated {points}. Mean area {coefficient(ratings.pooled)}."
