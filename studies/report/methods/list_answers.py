"""Answers to items that several reporting lists ask for: one wording, whichever list asks."""

from studies.languages import ENGLISH
from studies.questionnaire import parse_questionnaire
from studies.report.build import Report
from studies.report.methods.reporting_list import missing
from studies.report.wording import answers_text, capitalized, listed, squares_text

SIMULATED = "Observers: a model of an observer, no people."


def drawn_and_invited(report: Report) -> str:
    """Return how images and observers were found."""
    observers = SIMULATED if report.simulated else "Observers: by personal invitation."
    return f"Images: drawn by the seed from the image pairs. {observers}"


def sample_kind(report: Report) -> str:
    """Return of which kind the samples of images and observers are."""
    observers = SIMULATED if report.simulated else "Observers: a convenience sample."
    return f"Images: a random sample, repeatable from the seed. {observers}"


def eligible(report: Report) -> str:
    """Return which images and observers the study is about."""
    study = report.study
    lesions = "at most one image a lesion" if study.one_lesion_once else "several images of a lesion may be drawn"
    invited = f"Observers: whoever was invited. {missing('by which criteria')}"
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


def characteristics(report: Report) -> str:
    """Return what the observers told of themselves."""
    study = report.study
    questions = parse_questionnaire(study.questionnaire)
    if not questions:
        return missing("characteristics of observers (the study asked them nothing of themselves)")
    asked = "; ".join(f"“{question.text}”" for question in questions)
    return f"Observers were asked: {asked}. Their answers are in this report, beside the flow."


def diagnoses(report: Report) -> str:
    """Return of what the images are."""
    classes = ", ".join(report.study.pair_set.dataset.classes)
    return f"Clean images are of the same dataset; its diagnoses: {classes}. Each answer’s diagnosis is in the CSV."
