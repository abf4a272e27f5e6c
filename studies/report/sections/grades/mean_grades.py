"""The mean grades of a degradation category rating: all test images, hidden references, strengths and single images."""

from functools import partial

from perception.analysis.degradation.grade_scale import GRADES, IMPERCEPTIBLE_FROM, WORDS
from perception.analysis.degradation.summary import Claim, DegradationSummary, GradeDifference, MeanGrade
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, interval, ratio, share
from studies.report.plots.grades import grades_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import counted, methods_named, without_interval_text

DMOS = "Mean grade of perturbed images (DMOS)"
HIDDEN = "Mean grade of hidden references"
DIFFERENCE = "Perturbed images less hidden references"
SCALE = (
    "Each test image stood beside its reference, the clean image, and was graded from 1 (very annoying) to 5 "
    "(imperceptible); hidden references are test images that were clean too. Where shares and d′ are told of, a grade "
    "of 5 counts as “same”, any lower one as “different”."
)
CLAIMS: dict[Claim, str] = {
    "imperceptible": f"lies above {IMPERCEPTIBLE_FROM:g}: nearer to “imperceptible” than to any other grade",
    "perceptible": f"lies below {IMPERCEPTIBLE_FROM:g}: nearer to a grade that says “perceptible” or worse",
    "open": f"cannot be told from {IMPERCEPTIBLE_FROM:g}, the middle between “imperceptible” and the grade below it",
}
"""What is said of a mean grade by its 90% interval, after “it”."""
MOST_LISTED = 20
"""Of more images than these the lowest alone are in the report; all are in its figures as JSON."""


def mean_grades_section(summary: StudySummary) -> Section | None:
    """Return the mean grades with their intervals, and how often each grade was given; None without grades."""
    found = summary.degradation
    if found is None:
        return None
    groups = _groups(found)
    return Section(
        key="grades",
        title="Mean grades",
        lead=(SCALE, *_claims(found)),
        headline=grade_headline(found),
        plots=(Plot(partial(grades_plot, [(name, mean.counts) for name, mean, _ in groups]), _in_words(found)),)
        if any(mean.n for _, mean, _ in groups)
        else (),
        tables=(_means(found), _counts(found), *_images(found)),
        notes=(_methods(found),),
    )


def grade_headline(found: DegradationSummary) -> tuple[LabelledText, ...]:
    """Return the three figures of grades, each with what it is, and its limits for other observers."""
    return (
        LabelledText(DMOS, ratio(found.test.these_observers), _beside("5 is imperceptible", found.test)),
        LabelledText(HIDDEN, ratio(found.hidden.these_observers), _beside("clean test images", found.hidden)),
        LabelledText(
            DIFFERENCE, coefficient(found.difference.these_observers), _beside("0 is no difference", found.difference)
        ),
    )


def _beside(explained: str, figure: MeanGrade | GradeDifference) -> str:
    write = ratio if isinstance(figure, MeanGrade) else coefficient
    limits = interval(figure.observers_random, write)
    return f"{explained}; for observers like these {limits}" if limits else explained


def _groups(found: DegradationSummary) -> list[tuple[str, MeanGrade, GradeDifference | None]]:
    """Return the kinds of test images with their names: perturbed, of each strength, hidden references."""
    strengths = [(f"Strength {one:g}", mean, difference) for one, (mean, difference) in found.strengths.items()]
    return [
        ("Perturbed images", found.test, found.difference),
        *strengths,
        ("Hidden references", found.hidden, None),
    ]


def _claims(found: DegradationSummary) -> tuple[str, ...]:
    """Return what the 90% intervals show of each strength, or of all, for whom."""
    parts = [(f"at strength {one:g} ", mean) for one, (mean, _) in found.strengths.items()] or [("", found.test)]
    texts = []
    for at, mean in parts:
        these, others = mean.claims
        if these is None:
            continue
        whom = "for these observers and for observers like these" if these == others else "for these observers"
        also = "" if others in {these, None} else f"; for observers like these it {CLAIMS[others]}"
        texts.append(f"The mean grade of perturbed images {at}{CLAIMS[these]} ({whom}; tested one-sided at 5%){also}.")
    return tuple(texts)


def _means(found: DegradationSummary) -> Table:
    def line(name: str, mean: MeanGrade, difference: GradeDifference | None) -> tuple[str, ...]:
        others = mean.observers_random
        of_others = None if difference is None else difference.observers_random
        return (
            name,
            f"{mean.n:,}",
            ratio(mean.these_observers),
            "" if others is None else ratio(others),
            "" if difference is None else coefficient(difference.these_observers),
            "" if of_others is None else coefficient(of_others),
        )

    return Table(
        "Mean grades, and their difference from hidden references",
        (
            *("Test images", "Grades", "Mean grade, these observers", "Observers like these"),
            *("Less hidden references, these observers", "Observers like these "),
        ),
        tuple(line(*group) for group in _groups(found)),
    )


def _counts(found: DegradationSummary) -> Table:
    return Table(
        "How often each grade was given",
        ("Test images", *(f"{grade} {WORDS[grade]}" for grade in GRADES)),
        tuple((name, *(f"{count:,}" for count in mean.counts)) for name, mean, _ in _groups(found)),
    )


def _images(found: DegradationSummary) -> tuple[Table, ...]:
    shown = found.images[:MOST_LISTED]
    if not shown:
        return ()
    label = "Mean grade of each perturbed image, the lowest first"
    if len(found.images) > MOST_LISTED:
        label = f"Mean grade of the {MOST_LISTED} perturbed images that were graded lowest, of {len(found.images):,}"
    rows = tuple((image.name, str(image.dmos.n), ratio(image.dmos)) for image in shown)
    return (Table(label, ("Pair", "Grades", "Mean grade"), rows),)


def _methods(found: DegradationSummary) -> str:
    means = [mean for _, mean, _ in _groups(found)]
    differences = [difference for _, _, difference in _groups(found) if difference is not None]
    texts = [
        f"Mean grades, these observers: {methods_named(mean.these_observers for mean in means)}.",
        _for_others("Mean grades", [mean.observers_random for mean in means]),
        f"Differences, these observers: {methods_named(one.these_observers for one in differences)}.",
        _for_others("Differences", [one.observers_random for one in differences]),
        f"Single images: {methods_named(image.dmos for image in found.images)}." if found.images else "",
        _spread(found),
        without_interval_text((name, mean.these_observers) for name, mean, _ in _groups(found)),
    ]
    return " ".join(text for text in texts if text)


def _spread(found: DegradationSummary) -> str:
    """Return by what grades vary, for whoever plans with it; nothing where it is not known."""
    if (spread := found.spread) is None:
        return ""
    return (
        f"Grades of perturbed images vary with a standard deviation of {spread.observers:.2f} between observers, "
        f"{spread.images:.2f} between images and {spread.rest:.2f} beside these (analysis of variance, observers who "
        "graded all)."
    )


def _for_others(what: str, estimates: list[Estimate | None]) -> str:
    known = [estimate for estimate in estimates if estimate is not None]
    return f"{what}, observers like these: {methods_named(known)}." if known else ""


def _in_words(found: DegradationSummary) -> str:
    parts = []
    for name, mean, _ in _groups(found):
        if mean.n:
            each = zip(GRADES, mean.counts, strict=True)
            shares = ", ".join(f"{grade}: {share(count / mean.n)}" for grade, count in each)
            parts.append(f"{name}, {counted(mean.n, 'grade', 'grades')}: {shares}")
    return f"Shares of the grades from 1, very annoying, to 5, imperceptible. {'. '.join(parts)}."
