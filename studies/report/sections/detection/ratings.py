"""How sure the observers were: the ROC curve."""

from perception.core.formatting import coefficient, share
from studies.report.plots.shares import roc_plot
from studies.report.sections.elements import Plot, Section, Table
from studies.report.wording import Figures, methods_named


def ratings_section(figures: Figures) -> Section | None:
    """Return the areas under the ROC curves, and the curve of all ratings together; None where nothing was rated."""
    roc = figures["roc"]
    if roc is None:
        return None
    rows = [(name, coefficient(area), str(area["n"])) for name, area in roc["observers"].items()]
    pooled, random = roc["pooled"], roc["pooled_observers_random"]
    foot = [("Mean, these observers", coefficient(pooled), str(pooled["n"]))]
    notes = f"Observers one by one: {methods_named(roc['observers'].values())}. These observers: {pooled['method']}."
    if random:
        foot.append(("Mean, for other observers too", coefficient(random), str(random["n"])))
        notes += f" Other observers too: {random['method']}."
    areas = Table(
        "Area under the ROC curve of each observer",
        ("Observer", "Area under the curve", "Images rated"),
        tuple(rows),
        tuple(foot),
    )
    return Section(
        key="roc",
        title="How sure the observers were: the ROC curve",
        lead=(
            "The area is how often a perturbed image was rated more surely perturbed than a clean one: 0.5 is "
            "guessing, 1 is perfect.",
        ),
        plots=(Plot(roc_plot(roc), _in_words(roc), square=True),) if roc["curve"] else (),
        tables=(areas, _points(roc)) if roc["curve"] else (areas,),
        notes=(notes,),
    )


def _points(roc: Figures) -> Table:
    rows = tuple(
        (f"{point['rated_at_least']:g} or more", share(point["hits"]), share(point["false_alarms"]))
        for point in roc["curve"]
    )
    return Table("Points of the ROC curve", ("Rated", "Of the perturbed images", "Of the clean images"), rows)


def _in_words(roc: Figures) -> str:
    points = "; ".join(
        f"{point['rated_at_least']:g} or more: {share(point['hits'])} of the perturbed and "
        f"{share(point['false_alarms'])} of the clean images"
        for point in roc["curve"]
    )
    return f"ROC curve of all ratings together. Rated {points}. Mean area {coefficient(roc['pooled'])}."
