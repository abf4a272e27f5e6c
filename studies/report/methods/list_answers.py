"""Answers to items that several reporting lists ask for: one wording, whichever list asks."""

from studies.languages import ENGLISH
from studies.questionnaire import parse_questionnaire
from studies.questionnaire.wording import asked_in_english
from studies.report.build import Report
from studies.report.methods.reporting_list import left_to_authors, missing
from studies.report.screening import screening_text
from studies.report.wording import answers_text, capitalized, listed, squares_text, uncapitalized

SIMULATED = "Observers: a model of an observer, no people."

ABSTRACT = left_to_authors("the abstract")
ADVERSE_EVENTS = left_to_authors("adverse events (the study did not ask; none are to be expected of images)")
LIMITATIONS = left_to_authors("limitations")
IMPLICATIONS = left_to_authors("implications")


def registration(report: Report) -> str:
    """Return where the study is registered, and under what."""
    publication = report.publication
    if not publication.registered:
        return missing("number and registry")
    told = f"Registered: {publication.registered.rstrip('.')}."
    if not publication.registry:
        return f"{told} {missing('the registry')}"
    return told if publication.registration else f"{told} {missing('the number')}"


def funding(report: Report) -> str:
    """Return who paid for the study, and the authors' competing interests where they are told."""
    publication = report.publication
    told = f"{capitalized(publication.funding.rstrip('.'))}." if publication.funding else ""
    interests = f" Competing interests: {publication.conflicts.rstrip('.')}." if publication.conflicts else ""
    return f"{told or missing('funding and the role of funders')}{interests}"


def ethics(report: Report) -> str:
    """Return who approved the study, or what is known of why nobody had to."""
    publication = report.publication
    if publication.ethics:
        number = "" if publication.number or not publication.committee else f" {missing('the number of the approval')}"
        return f"{capitalized(publication.ethics)}.{number}"
    text = missing("the approval by an ethics committee, or why none was needed")
    if report.simulated and report.classifier.all_drawn:
        return f"{text} No person took part: a program drew the images, and a model of an observer answered."
    return text


def drawn_and_invited(report: Report) -> str:
    """Return how images and observers were found."""
    observers = SIMULATED if report.simulated else f"Observers: {uncapitalized(report.recruitment.how)}"
    return f"Images: drawn by the seed from the image pairs. {observers}"


def sample_kind(report: Report) -> str:
    """Return of which kind the samples of images and observers are."""
    observers = SIMULATED if report.simulated else "Observers: a convenience sample."
    return f"Images: a random sample, repeatable from the seed. {observers}"


def eligible(report: Report) -> str:
    """Return which images and observers the study is about."""
    study = report.study
    lesions = "at most one image a lesion" if study.one_lesion_once else "several images of a lesion may be drawn"
    screened, _ = screening_text(study)
    checks = f"They were screened before the series. {screened} " if screened else ""
    invited = f"Observers: whoever was invited. {checks}{missing('by which criteria')}"
    observers = SIMULATED if report.simulated else invited
    return (
        f"Images: the {study.pair_set.split} side of {study.pair_set.dataset.name}, as far as they were perturbed; "
        f"{lesions}. {observers}"
    )


def index_test(report: Report) -> str:
    """Return what an observer was asked and shown of each image."""
    study, squares = report.study, squares_text(report.study)
    return (
        f"“{study.text('question', ENGLISH)}” {study.trials.explained} Answers: {answers_text(study)}. Images of "
        f"{study.pair_set.image_size} pixels, screen pixels per image pixel: {study.scale}, shown "
        f"{study.display_time}. {f'{capitalized(squares)}. ' if squares else ''}The whole is in the protocol."
    )


def attacks_named(report: Report) -> str:
    """Return the attack by its name, or each of those that the study compares, with its kind."""
    if len(report.attacks) == 1:
        return f"“{report.attack.name}”"
    return listed(
        [f"{facts.arm} ({listed([f'“{one.attack.name}”' for one in facts.each])})" for facts in report.attacks]
    )


def seen(report: Report) -> str:
    """Return what observers saw and knew."""
    if report.simulated:
        return "Nobody saw an image: a model of an observer answered, from what was done to each."
    images = "the two images" if report.study.trials.images == 2 else "the image"
    feedback = "; their score at the end" if report.study.shows_score else ""
    practice = "; feedback in practice alone" if report.study.n_practice else "; no feedback"
    return f"Observers saw {images} alone: no name, no history, no diagnosis, no sign of the truth{practice}{feedback}."


def characteristics(report: Report) -> str:
    """Return what the observers told of themselves."""
    if report.simulated:
        return f"{SIMULATED} It has nothing to tell of itself."
    study = report.study
    questions = parse_questionnaire(study.questionnaire)
    if not questions:
        return missing("characteristics of observers (the study asked them nothing of themselves)")
    return f"Observers were asked: {asked_in_english(questions)}. Their answers are in this report, beside the flow."


def diagnoses(report: Report) -> str:
    """Return of what the images are."""
    classes = ", ".join(report.study.pair_set.dataset.classes)
    return f"Clean images are of the same dataset; its diagnoses: {classes}. Each answer’s diagnosis is in the CSV."


def protocol(report: Report) -> str:
    """Return where the full protocol is."""
    return f"Kept with the study, SHA-256 {report.study.protocol_sha256}. {missing('where it was made public')}"
