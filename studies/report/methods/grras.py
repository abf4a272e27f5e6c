"""GRRAS: the fifteen items of the guidelines for reporting reliability and agreement studies.

Kottner et al. 2011, Journal of Clinical Epidemiology 64:96-106, Table 1. In a reader study of perturbed images the
*raters* are observers, the *subjects* images, and the *device* is an observer's judgement of an image.
"""

from perception.core.formatting import coefficient, percent
from studies.report.build import Report
from studies.report.methods.list_answers import (
    attacks_named,
    characteristics,
    diagnoses,
    drawn_and_invited,
    index_test,
    seen,
)
from studies.report.methods.reporting_list import Question, ReportingList, always, left_to_authors, missing
from studies.report.wording import repeats_text, stimuli_text

NO_REPLICATES = "each observer judged a stimulus once (no replicates)"


def _investigated(report: Report) -> str:
    within = "too" if report.figures.within_observers else "not"
    return missing(f"title or abstract; agreement between observers was investigated, within observers {within}")


def _replicates(report: Report) -> str:
    text = repeats_text(report.study)
    return f"replicates: {text}" if text else NO_REPLICATES


def _subjects(report: Report) -> str:
    pair_set = report.study.pair_set
    return (
        f"Images of {pair_set.dataset.name}, {pair_set.split} side, clean and perturbed by {attacks_named(report)}. "
        f"{diagnoses(report)}"
    )


def _raters(report: Report) -> str:
    if report.simulated:
        return "A model of an observer answered; no person did."
    return missing("who was invited: profession and experience")


def _sample_size(report: Report) -> str:
    observers = "simulated observers" if report.simulated else "observers invited"
    return (
        f"{report.flow.invited} {observers}; {stimuli_text(report.study)} in each series, fixed in the protocol; "
        f"{_replicates(report)}. {missing('how these numbers were arrived at')}"
    )


def _rating(report: Report) -> str:
    return f"{index_test(report)} {seen(report)} Each observer had a random order of their own."


def _independence(report: Report) -> str:
    if report.simulated:
        return "The model answered for each simulated observer by itself."
    return (
        "The program showed no observer another’s answers. Whether observers spoke with one another is not known to it."
    )


def _analysis(report: Report) -> str:
    agreement = report.figures.summary.answers.agreement
    of_all = (
        ("Fleiss’ kappa", agreement.fleiss_kappa),
        ("Gwet’s AC1", agreement.gwet_ac1),
        ("Krippendorff’s alpha", agreement.krippendorff_alpha),
    )
    named = [name for name, estimate in of_all if estimate.estimate is not None]
    if report.figures.summary.answers.n_observers == 2:
        named.insert(0, "Cohen’s kappa")
    elif agreement.pairs:
        named.insert(0, f"Cohen’s kappa of each two observers (p-values after {agreement.pairs_adjustment})")
    if not named:
        return "None of the coefficients of agreement is estimable of these answers."
    return f"{', '.join(named)}, with intervals of {100 * report.figures.summary.answers.level:g}%; see the methods."


def _replicated(report: Report) -> str:
    within = report.figures.within_observers
    if within is None:
        return NO_REPLICATES
    return f"replicates: {within.n_pairs:,} trials answered twice, of {within.n_asked:,} that came back"


def _actual(report: Report) -> str:
    answers = report.figures.summary.answers
    return (
        f"{answers.n_answering} observers and {answers.n_images} images or pairs analysed; {answers.n_missing} missing "
        f"answers; {_replicated(report)}."
    )


def _sample(report: Report) -> str:
    return f"{characteristics(report)} {diagnoses(report)}"


def _estimates(report: Report) -> str:
    answers = report.figures.summary.answers
    agreement = answers.agreement
    named = [
        ("Fleiss’ kappa", agreement.fleiss_kappa),
        ("Gwet’s AC1", agreement.gwet_ac1),
        ("Krippendorff’s alpha", agreement.krippendorff_alpha),
    ]
    if answers.n_observers == 2:
        named.insert(0, ("Cohen’s kappa", agreement.cohen.kappa))
    given = "; ".join(f"{name} {coefficient(estimate)}" for name, estimate in named)
    within = report.figures.within_observers
    text = f"Same answers {percent(agreement.agreed)}; {given}; all of them in this report."
    if within is not None:
        text += f" Within observers: same answers {percent(within.agreed)}; kappa {coefficient(within.kappa)}."
    return text


GRRAS = ReportingList(
    key="grras",
    title="GRRAS",
    source="Kottner et al. 2011, Journal of Clinical Epidemiology 64:96–106",
    reading="The raters are the observers, the subjects are images, and the device is an observer’s judgement.",
    questions=(
        Question(
            "1",
            "Title or abstract",
            "Says that agreement or reliability, between or within raters, was investigated",
            _investigated,
        ),
        Question("2", "Introduction", "The diagnostic or measurement device, by name", index_test),
        Question("3", "Introduction", "The population of subjects", _subjects),
        Question("4", "Introduction", "The population of raters", _raters),
        Question(
            "5",
            "Introduction",
            "What is known of reliability and agreement; why this study",
            left_to_authors("earlier results, and the reason for the study"),
        ),
        Question("6", "Methods", "How many raters, subjects and replicates were planned, and why", _sample_size),
        Question("7", "Methods", "How raters and subjects were sampled", drawn_and_invited),
        Question(
            "8", "Methods", "How it was rated: intervals between ratings, clinical information, blinding", _rating
        ),
        Question(
            "9",
            "Methods",
            "Whether ratings were independent",
            _independence,
        ),
        Question("10", "Methods", "Statistical analysis", _analysis),
        Question("11", "Results", "How many raters, subjects and replicates there were", _actual),
        Question("12", "Results", "Characteristics of raters and subjects", _sample),
        Question("13", "Results", "Estimates of reliability and agreement, with their uncertainty", _estimates),
        Question("14", "Discussion", "Practical relevance of the results", left_to_authors("practical relevance")),
        Question(
            "15",
            "Auxiliary material",
            "Detailed results, where possible",
            always(
                "Every answer beside the truth (CSV, JSON) and the whole study as an archive are downloads of this "
                f"report. {missing('where they were made public')}"
            ),
        ),
    ),
)
