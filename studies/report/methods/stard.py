"""STARD 2015: what a study answers of the thirty items of the checklist, item by item.

Bossuyt et al. 2015, BMJ 351:h5527. In a reader study of perturbed images the *index test* is what an observer says of
an image, the *reference standard* is what was done to the image, and the *participants* of the list are images; what
it asks of people is answered for the observers too. The items are told in short words of our own; their numbers are
those of the list.
"""

from collections.abc import Callable
from dataclasses import dataclass

from studies.languages import ENGLISH
from studies.models.study import Study
from studies.questionnaire import parse_questionnaire
from studies.report.build import Report
from studies.report.wording import WORDINGS, answers_text, moment, stimuli_text, strengths_text

NOT_RECORDED = "Not recorded"


@dataclass(frozen=True, slots=True)
class StardItem:
    """One item: its number, where it stands in an article, what it asks, and what this study answers."""

    number: str
    section: str
    asks: str
    answer: str

    @property
    def is_recorded(self) -> bool:
        """Whether the study answers it."""
        return not self.answer.startswith(NOT_RECORDED)


Answer = Callable[[Report], str]


def stard_of(report: Report) -> list[StardItem]:
    """Return the items in their order, each with the study's answer or with what is left to the authors."""
    return [StardItem(number, section, asks, answer(report)) for number, section, asks, answer in ITEMS]


def _authors(what: str) -> Answer:
    return lambda _: f"{NOT_RECORDED}: {what}."


def _text(text: str) -> Answer:
    return lambda _: text


def _accuracy(report: Report) -> str:
    summary = report.figures.summary
    shares = WORDINGS[summary.task].shares
    measures = "share of right choices and d′" if summary.task == "two_afc" else f"{shares[0]} and {shares[1]}, d′"
    area = ", area under the ROC curve" if summary.ratings else ""
    return f"Measures of accuracy in this report: {measures}{area}. The title of the article is the authors’."


def _objective(report: Report) -> str:
    return f"The question to observers: “{report.study.text('question', ENGLISH)}”. {NOT_RECORDED}: hypotheses."


def _planned(report: Report) -> str:
    study = report.study
    opened = moment(study.opened_at) if study.opened_at else "opening"
    return f"Prospective: the protocol was fixed and hashed on {opened}, before the first answer."


def _eligible(report: Report) -> str:
    study = report.study
    lesions = "at most one image a lesion" if study.one_lesion_once else "several images of a lesion may be drawn"
    return (
        f"Images: the {study.pair_set.split} side of {study.pair_set.dataset.name}, as far as they were perturbed; "
        f"{lesions}. Observers: whoever was invited; {NOT_RECORDED.lower()}: by which criteria."
    )


def _where(report: Report) -> str:
    dataset = report.study.pair_set.dataset
    return (
        f"Images: {dataset.credit or dataset.name}. Observers answered in their own browser, {_period(report.study)}."
    )


def _period(study: Study) -> str:
    if study.opened_at is None:
        return "at a time that was not recorded"
    return f"from {moment(study.opened_at)} to {moment(study.closed_at) if study.closed_at else 'now'}"


def _index_test(report: Report) -> str:
    study = report.study
    shown = f"for {study.display_ms} ms" if study.display_ms else "until answered"
    return (
        f"“{study.text('question', ENGLISH)}” {study.trials.explained} Answers: {answers_text(study)}. Images of "
        f"{study.pair_set.image_size} pixels, screen pixels per image pixel: {study.scale}, shown {shown}. The "
        "whole is in the protocol."
    )


def _reference(report: Report) -> str:
    facts = report.attack
    return (
        f"What was done to the image: the attack “{facts.name}” ({facts.kind}) at strength "
        f"{strengths_text(report.study)}, or nothing. The files’ hashes are in the protocol."
    )


def _cut_offs(report: Report) -> str:
    if report.study.trials.ratings:
        return "Set beforehand: ratings of 4 to 6 count as “perturbed”; the ROC curve uses all of them."
    if report.study.trials.confidences:
        return "Set beforehand: the answer given; for the ROC curve answer and confidence make six steps."
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
        (summary.by_diagnosis, "diagnosis"),
        (summary.learning, "position in the session"),
        (summary.psychometric, "strength"),
    )
    given += [f"by {name}" for figures, name in further if figures]
    return f"Given: {', '.join(given)}. All of them are fixed by the program before any answer is in."


def _sample_size(report: Report) -> str:
    study = report.study
    return f"{stimuli_text(study)}, fixed in the protocol. {NOT_RECORDED}: how the number was arrived at."


def _flow(report: Report) -> str:
    flow = report.flow
    return (
        f"Diagram in this report: {flow.invited} invited, {flow.consented} began, {flow.finished} finished, "
        f"{report.figures.summary.answers.n_observers} analysed."
    )


def _characteristics(report: Report) -> str:
    study = report.study
    questions = parse_questionnaire(study.questionnaire)
    if not questions:
        return f"{NOT_RECORDED}: the study asked observers nothing of themselves."
    asked = "; ".join(f"“{question.text}”" for question in questions)
    return f"Observers were asked: {asked}. Their answers are in this report, beside the flow."


def _severity(report: Report) -> str:
    sizes = "in this report, with the sizes of the change" if report.attack.pairs.sizes else "in this report"
    return f"Strength of the perturbation: {strengths_text(report.study)}; {sizes}."


def _diagnoses(report: Report) -> str:
    classes = ", ".join(report.study.pair_set.dataset.classes)
    return f"Clean images are of the same dataset; its diagnoses: {classes}. Each answer’s diagnosis is in the CSV."


def _protocol(report: Report) -> str:
    return f"Kept with the study, SHA-256 {report.study.protocol_sha256}. {NOT_RECORDED}: where it was made public."


ITEMS: tuple[tuple[str, str, str, Answer], ...] = (
    ("1", "Title or abstract", "Says that it is a study of diagnostic accuracy, by a measure of it", _accuracy),
    ("2", "Abstract", "Structured summary", _authors("the abstract is the authors’")),
    ("3", "Introduction", "Background; what the index test is meant for", _authors("the authors’ to write")),
    ("4", "Introduction", "Objectives and hypotheses", _objective),
    ("5", "Methods: design", "Planned before or after the tests were done", _planned),
    ("6", "Methods: participants", "Who or what was eligible", _eligible),
    (
        "7",
        "Methods: participants",
        "How the eligible were found",
        _text("Images: drawn by the seed from the image pairs. Observers: by personal invitation."),
    ),
    ("8", "Methods: participants", "Where and when", _where),
    (
        "9",
        "Methods: participants",
        "Consecutive, random or convenience series",
        _text("Images: a random sample, repeatable from the seed. Observers: a convenience sample."),
    ),
    ("10a", "Methods: test", "Index test, so that it can be repeated", _index_test),
    ("10b", "Methods: test", "Reference standard, so that it can be repeated", _reference),
    (
        "11",
        "Methods: test",
        "Why this reference standard",
        _text("It is known by construction whether an image was perturbed; there is no alternative."),
    ),
    ("12a", "Methods: test", "Cut-offs of the index test, and whether set beforehand", _cut_offs),
    (
        "12b",
        "Methods: test",
        "Cut-offs of the reference standard, and whether set beforehand",
        _text("None: an image was perturbed or not."),
    ),
    (
        "13a",
        "Methods: test",
        "What readers of the index test knew",
        _text(
            "Observers saw the image alone: no name, no history, no diagnosis, no sign of the truth; practice apart, "
            "no feedback."
        ),
    ),
    (
        "13b",
        "Methods: test",
        "What assessors of the reference standard knew",
        _text("The images were perturbed before any answer was given."),
    ),
    ("14", "Methods: analysis", "How accuracy was estimated", _analysis),
    (
        "15",
        "Methods: analysis",
        "Indeterminate results",
        _text("There are none: every trial ends with one of the answers, and nothing is preselected."),
    ),
    ("16", "Methods: analysis", "Missing data", _missing),
    ("17", "Methods: analysis", "Analyses of variability, and whether set beforehand", _variability),
    ("18", "Methods: analysis", "Intended sample size, and why", _sample_size),
    ("19", "Results: participants", "Flow, as a diagram", _flow),
    ("20", "Results: participants", "Characteristics of the participants", _characteristics),
    ("21a", "Results: participants", "Severity in those with the condition", _severity),
    ("21b", "Results: participants", "Other diagnoses in those without", _diagnoses),
    (
        "22",
        "Results: participants",
        "Time and treatment between index test and reference standard",
        _text("Does not apply: images do not change."),
    ),
    ("23", "Results: test", "Cross-tabulation of both", _text("In this report, of each observer and pooled.")),
    (
        "24",
        "Results: test",
        "Accuracy with its precision",
        _text("In this report, of each observer and pooled, with intervals."),
    ),
    ("25", "Results: test", "Adverse events", _authors("the study did not ask; none are to be expected of images")),
    ("26", "Discussion", "Limitations: bias, uncertainty, generalisability", _authors("the authors’ to write")),
    ("27", "Discussion", "Implications for practice", _authors("the authors’ to write")),
    ("28", "Other information", "Registration number and registry", _authors("the authors’ to add")),
    ("29", "Other information", "Where the full protocol is", _protocol),
    ("30", "Other information", "Funding, and the role of funders", _authors("the authors’ to add")),
)
