"""STARD 2015: the thirty items of the checklist for studies of diagnostic accuracy.

Bossuyt et al. 2015, BMJ 351:h5527. In a reader study of perturbed images the *index test* is what an observer says of
an image, the *reference standard* is what was done to the image, and the *participants* of the list are images; what
it asks of people is answered for the observers too.
"""

from studies.languages import ENGLISH
from studies.models.study import Study
from studies.planning.kept_plan import KeptPlan, departures_text
from studies.report.build import Report
from studies.report.methods.list_answers import (
    ABSTRACT,
    ADVERSE_EVENTS,
    IMPLICATIONS,
    LIMITATIONS,
    attacks_named,
    characteristics,
    diagnoses,
    drawn_and_invited,
    eligible,
    funding,
    index_test,
    protocol,
    registration,
    sample_kind,
    seen,
)
from studies.report.methods.reporting_list import Question, ReportingList, always, left_to_authors, missing
from studies.report.wording import WORDINGS, masks_text, moment, stimuli_text, strengths_text


def _accuracy(report: Report) -> str:
    summary = report.figures.summary
    shares = WORDINGS[summary.task].shares
    measures = "share of right choices and d′" if summary.task == "two_afc" else f"{shares[0]} and {shares[1]}, d′"
    area = ", area under the ROC curve" if summary.ratings else ""
    return f"Measures of accuracy in this report: {measures}{area}. The title of the article is the authors’."


def _objective(report: Report) -> str:
    return f"The question to observers: “{report.study.text('question', ENGLISH)}”. {missing('hypotheses')}"


def _planned(report: Report) -> str:
    study = report.study
    opened = moment(study.opened_at) if study.opened_at else "opening"
    return f"Prospective: the protocol was fixed and hashed on {opened}, before the first answer."


def _where(report: Report) -> str:
    dataset = report.study.pair_set.dataset
    images = (dataset.credit.strip() or dataset.name).rstrip(".")
    where = "A model of an observer answered" if report.simulated else "Observers answered in their own browser"
    return f"Images: {images}. {where}, {_period(report.study)}."


def _period(study: Study) -> str:
    if study.opened_at is None:
        return "at a time that was not recorded"
    return f"from {moment(study.opened_at)} to {moment(study.closed_at) if study.closed_at else 'now'}"


def _reference(report: Report) -> str:
    facts = report.attack
    kind = f"made elsewhere: {made_by}" if (made_by := facts.pairs.attack.made_by) else facts.kind
    done = (
        f"the attack “{facts.name}” ({kind}) at strength {strengths_text(report.study)}"
        if len(report.attacks) == 1
        else f"one of {len(report.attacks)} attacks, {attacks_named(report)}, at these strengths: "
        f"{strengths_text(report.study)}"
    )
    masks = f" {told}" if (told := masks_text(report.study)) else ""
    return f"What was done to the image: {done}, or nothing. The files’ hashes are in the protocol.{masks}"


def _cut_offs(report: Report) -> str:
    if report.study.trials.marks_place:
        return (
            "Set beforehand: ratings of 4 to 6 count as “perturbed”; the LROC curve uses all of them, with the places."
        )
    if report.study.trials.ratings:
        return "Set beforehand: ratings of 4 to 6 count as “perturbed”; the ROC curve uses all of them."
    if report.study.trials.confidences:
        return "Set beforehand: the answer given; for the ROC curve answer and confidence make six steps."
    if report.study.trials.grades:
        return "Set beforehand: a grade of 5 counts as “same”, any lower one as “different”; means use all five."
    return "The answer given; no cut-off."


def _analysis(report: Report) -> str:
    return f"In the methods paragraph; intervals of {100 * report.figures.summary.answers.level:g}%."


def _missing(report: Report) -> str:
    exclusions = report.figures.exclusions
    left_out = f" {exclusions.answers} answers are left out by rules of the protocol." if exclusions.rules else ""
    return (
        f"Only finished sessions are analysed; {report.figures.n_unanswered} missing answers in them, which count "
        "neither as right nor as wrong. Whether an image is perturbed is known of each."
        f"{left_out}"
    )


def _variability(report: Report) -> str:
    given = ["single observers", "agreement", "images and observers random (from three observers on)"]
    summary = report.figures.summary
    further = (
        (summary.arms, "attack"),
        (summary.observer_groups, "group of observers"),
        (summary.by_diagnosis, "diagnosis"),
        (summary.learning, "position in the session"),
        (any(one.psychometric for one in (summary, *summary.arms.values())), "strength"),
    )
    given += [f"by {name}" for figures, name in further if figures]
    return f"Given: {', '.join(given)}. All of them are fixed by the program before any answer is in."


def _sample_size(report: Report) -> str:
    study = report.study
    fixed = f"{stimuli_text(study)}, fixed in the protocol."
    if (plan := KeptPlan.of(study)) is None:
        return f"{fixed} {missing('how the number was arrived at')}"
    return f"{fixed} {plan.text} {departures_text(plan, study)}".rstrip()


def _flow(report: Report) -> str:
    flow = report.flow
    return (
        f"Diagram in this report: {_found(report)}, {flow.consented} began, {flow.finished} finished, "
        f"{report.figures.summary.answers.n_answering} analysed."
    )


def _found(report: Report) -> str:
    """Return how many observers were invited, or came by open links, and how many of these were turned away."""
    if not report.recruitment.by_open_links:
        return f"{report.flow.invited} invited"
    return f"{report.flow.invited} invited or let in, {report.recruitment.n_turned_away} turned away"


def _severity(report: Report) -> str:
    measured = all(facts.pairs.sizes for facts in report.attacks)
    sizes = "in this report, with the sizes of the change" if measured else "in this report"
    return f"Strength of the perturbation: {strengths_text(report.study)}; {sizes}."


STARD = ReportingList(
    key="stard",
    title="STARD 2015",
    source="Bossuyt et al. 2015, BMJ 351:h5527",
    reading="The index test is what an observer says of an image, the reference standard what was done to the image. "
    "Some items have two parts.",
    questions=(
        Question(
            "1", "Title or abstract", "Says that it is a study of diagnostic accuracy, by a measure of it", _accuracy
        ),
        Question("2", "Abstract", "Structured summary", ABSTRACT),
        Question("3", "Introduction", "Background; what the index test is meant for", left_to_authors("background")),
        Question("4", "Introduction", "Objectives and hypotheses", _objective),
        Question("5", "Methods: design", "Planned before or after the tests were done", _planned),
        Question("6", "Methods: participants", "Who or what was eligible", eligible),
        Question(
            "7",
            "Methods: participants",
            "How the eligible were found",
            drawn_and_invited,
        ),
        Question("8", "Methods: participants", "Where and when", _where),
        Question(
            "9",
            "Methods: participants",
            "Consecutive, random or convenience series",
            sample_kind,
        ),
        Question("10a", "Methods: test", "Index test, so that it can be repeated", index_test),
        Question("10b", "Methods: test", "Reference standard, so that it can be repeated", _reference),
        Question(
            "11",
            "Methods: test",
            "Why this reference standard",
            always("It is known by construction whether an image was perturbed; there is no alternative."),
        ),
        Question("12a", "Methods: test", "Cut-offs of the index test, and whether set beforehand", _cut_offs),
        Question(
            "12b",
            "Methods: test",
            "Cut-offs of the reference standard, and whether set beforehand",
            always("None: an image was perturbed or not."),
        ),
        Question(
            "13a",
            "Methods: test",
            "What readers of the index test knew",
            seen,
        ),
        Question(
            "13b",
            "Methods: test",
            "What assessors of the reference standard knew",
            always("The images were perturbed before any answer was given."),
        ),
        Question("14", "Methods: analysis", "How accuracy was estimated", _analysis),
        Question(
            "15",
            "Methods: analysis",
            "Indeterminate results",
            always("There are none: every trial ends with one of the answers, and nothing is preselected."),
        ),
        Question("16", "Methods: analysis", "Missing data", _missing),
        Question("17", "Methods: analysis", "Analyses of variability, and whether set beforehand", _variability),
        Question("18", "Methods: analysis", "Intended sample size, and why", _sample_size),
        Question("19", "Results: participants", "Flow, as a diagram", _flow),
        Question("20", "Results: participants", "Characteristics of the participants", characteristics),
        Question("21a", "Results: participants", "Severity in those with the condition", _severity),
        Question("21b", "Results: participants", "Other diagnoses in those without", diagnoses),
        Question(
            "22",
            "Results: participants",
            "Time and treatment between index test and reference standard",
            always("Does not apply: images do not change."),
        ),
        Question(
            "23", "Results: test", "Cross-tabulation of both", always("In this report, of each observer and pooled.")
        ),
        Question(
            "24",
            "Results: test",
            "Accuracy with its precision",
            always("In this report, of each observer and pooled, with intervals."),
        ),
        Question(
            "25",
            "Results: test",
            "Adverse events",
            ADVERSE_EVENTS,
        ),
        Question("26", "Discussion", "Limitations: bias, uncertainty, generalisability", LIMITATIONS),
        Question("27", "Discussion", "Implications for practice", IMPLICATIONS),
        Question("28", "Other information", "Registration number and registry", registration),
        Question("29", "Other information", "Where the full protocol is", protocol),
        Question(
            "30",
            "Other information",
            "Funding, and the role of funders",
            funding,
        ),
    ),
)
