"""Marked places: the area under the LROC curve, shares of right places, and what chance alone would reach."""

from functools import partial

from perception.analysis.localization.summary import Claim, LocalizationSummary, PlacedShare
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import interval, percent, ratio, share
from studies.report.plots.lroc import lroc_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import methods_named, without_interval_text

AREA = "Area under the LROC curve"
PLACED = "Perturbed images marked at the right place"
PLACED_IF_SEEN = "Of those called perturbed, marked at the right place"
ASKED = (
    "After the rating of each image a place was marked: where the change is, or would most likely be. A place is right "
    "in the region that holds most of the change, or near enough to it; “What was asked, and under which protocol” "
    "has the rule."
)
_MORE_OFTEN = "marked at the right place more often than marks spread evenly over the image would be"
CLAIMS: dict[Claim, str] = {"located": f"are {_MORE_OFTEN}", "open": f"cannot be told to be {_MORE_OFTEN}"}
"""What is said of perturbed images by the 90% interval of the share."""


def marked_places_section(summary: StudySummary, *, masks: str = "") -> Section | None:
    """Return areas, shares and the curve; None where no place was asked for.

    Parameters
    ----------
    masks
        What is said of masks that came with the image pairs.
    """
    found = summary.localization
    if found is None:
        return None
    return Section(
        key="marked-places",
        title="Marked places",
        lead=(f"{ASKED} {masks}".strip(), *_claim(found)),
        headline=(
            LabelledText(AREA, ratio(found.lroc.pooled), _beside_area(found)),
            LabelledText(PLACED, percent(found.placed.these_observers), _beside_share(found)),
        ),
        plots=(
            (Plot(partial(lroc_plot, found.lroc.curve, found.chance), _in_words(found), square=True),)
            if found.lroc.curve
            else ()
        ),
        tables=(_shares(found), _observers(found)),
        notes=(_methods(found),),
    )


def _beside_area(found: LocalizationSummary) -> str:
    explained = (
        "of a perturbed and a clean image, how often the perturbed one is rated higher and marked at the right place"
    )
    if found.chance_area is not None:
        explained += f"; chance alone: {found.chance_area:.2f}"
    limits = interval(found.lroc.crossed, ratio)
    return f"{explained}; for observers like these {limits}" if limits else explained


def _beside_share(found: LocalizationSummary) -> str:
    explained = "whatever their rating"
    if found.chance is not None:
        explained += f"; chance alone: {share(found.chance)}"
    limits = interval(found.placed.observers_random, percent)
    return f"{explained}; for observers like these {limits}" if limits else explained


def _claim(found: LocalizationSummary) -> tuple[str, ...]:
    these, others = found.claims
    if these is None or found.chance is None:
        return ()
    whom = "for these observers and for observers like these" if these == others else "for these observers"
    also = "" if others in {these, None} else f"; for observers like these they {CLAIMS[others]}"
    return (f"Perturbed images {CLAIMS[these]} ({share(found.chance)}; {whom}; tested one-sided at 5%){also}.",)


def _shares(found: LocalizationSummary) -> Table:
    def line(name: str, placed: PlacedShare) -> tuple[str, ...]:
        these, others = placed.these_observers, placed.observers_random
        return (name, f"{these.k} of {these.n}", percent(these), "" if others is None else percent(others))

    return Table(
        "How often the place was right",
        ("Perturbed images", "Right", "Share, these observers", "Observers like these"),
        (line("All", found.placed), line("Called perturbed", found.placed_if_seen)),
    )


def _observers(found: LocalizationSummary) -> Table:
    rows = tuple(
        (name, ratio(area), f"{placed.k} of {placed.n}", percent(placed))
        for (name, area), placed in zip(found.lroc.observers.items(), found.observers.values(), strict=True)
    )
    return Table("Each observer", ("Observer", AREA, "Right places", "Share"), rows)


def _methods(found: LocalizationSummary) -> str:
    crossed = found.lroc.crossed
    shares = [found.placed.these_observers, found.placed_if_seen.these_observers]
    others = [one for one in (found.placed.observers_random, found.placed_if_seen.observers_random) if one is not None]
    texts = [
        f"Area, these observers: {methods_named([found.lroc.pooled])}.",
        f"Observers like these: {methods_named([crossed])}." if crossed is not None else "",
        f"Each observer: {methods_named(found.lroc.observers.values())}.",
        f"Shares, these observers: {methods_named(shares)}.",
        f"Observers like these: {methods_named(others)}." if others else "",
        f"Shares of each observer: {methods_named(found.observers.values())}.",
        "Chance alone is the mean share of the image in which a place counts as right; it takes marks that are made "
        "without looking to lie evenly over the image, and half of it is the area that goes with it.",
        without_interval_text([(AREA, found.lroc.pooled), (PLACED, found.placed.these_observers)]),
    ]
    return " ".join(text for text in texts if text)


def _in_words(found: LocalizationSummary) -> str:
    points = "; ".join(
        f"rated {threshold:g} or more: {share(alarms)} of the clean images, {share(hits)} of the perturbed ones, "
        "marked at the right place"
        for threshold, alarms, hits in found.lroc.curve
        if threshold > min(one[0] for one in found.lroc.curve)
    )
    last = found.lroc.curve[-1][2]
    whole = f"All perturbed images: {share(last)} marked at the right place."
    return f"The LROC curve of all answers together. {points}. {whole}" if points else f"The LROC curve. {whole}"
