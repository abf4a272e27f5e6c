"""What was asked of whom, under which protocol."""

from datetime import datetime

from ml.attacks.wording import attack_title
from perception.analysis.number_words import percentage_points
from studies.languages import ENGLISH
from studies.models.study import Study
from studies.models.study_state import RUNNING
from studies.report.build import Report
from studies.report.history import Pause, PilotSessions, Reopening
from studies.report.screening import screening_text
from studies.report.sections.elements import LabelledText, Section
from studies.report.sections.study.screens import flip_warnings
from studies.report.wording import (
    CONTROL_NOT_NOTICED,
    adaptive_strength_text,
    allocation_text,
    answers_text,
    capitalized,
    control_text,
    flashes_text,
    flicker_text,
    longest_run_text,
    masks_text,
    moment,
    repeats_text,
    right_place_text,
    squares_text,
    stimuli_text,
    strengths_text,
    visibility_text,
    words_text,
)


def warnings_of(report: Report) -> list[LabelledText]:
    """Return what is to be known before any figure is read: who answered, what was shown, who looked too early."""
    study, warnings = report.study, []
    if report.simulated and report.rows:
        text = "These answers were made by a model of an observer. No person gave them."
        warnings.append(LabelledText("Simulated observers.", text))
    if report.facts.synthetic_images:
        text = "The lesions were drawn by a program. The figures say nothing about real lesions."
        warnings.append(LabelledText("Synthetic images.", text))
    if others := report.attack.others:
        named = ", ".join(f"{pairs.strength:g} by {attack_title(pairs.attack.kind)}" for pairs in others)
        text = (
            f"The images of these strengths were perturbed by another attack than “{report.attack.name}”: {named}. The "
            "curve over strengths and every figure of all images together mix the attacks; the verdicts of single "
            "strengths do not."
        )
        warnings.append(LabelledText("Several attacks.", text))
    summary = report.figures.summary
    if summary.control and not summary.control_was_noticed:
        text = f"This is “{summary.control}”. {CONTROL_NOT_NOTICED}"
        warnings.append(LabelledText("Positive control not noticed.", text))
    warnings += flip_warnings(report.flip_viewings)
    why = f" The reason given: “{report.history.unblinding_reason}”." if report.history.unblinding_reason else ""
    if study.state in RUNNING and study.unblinded_at:
        text = f"Its results were unblinded on {moment(study.unblinded_at)}, before all answers were in.{why}"
        warnings.append(LabelledText("The study is still open.", text))
    elif study.unblinded_at:
        text = f"Results were looked at on {moment(study.unblinded_at)}, while the study was open.{why}"
        warnings.append(LabelledText("Unblinded early.", text))
    warnings += [LabelledText("Reopened.", _reopened(reopening)) for reopening in report.history.reopenings]
    return warnings


def design_section(report: Report) -> Section:
    """Return what observers were asked and shown, in which way, and by which protocol."""
    study = report.study
    facts = [
        LabelledText(
            "Question", f"“{study.text('question', ENGLISH)}” {study.trials.title}; answers: {answers_text(study)}"
        ),
        LabelledText("Words", words_text(study), "What observers read for the images, perturbed and clean."),
        LabelledText("Images", _images(study)),
        LabelledText("Prevalence", *_prevalence(study)),
        LabelledText("Beside the series", _beside(study)),
        LabelledText("Shown twice", capitalized(repeats_text(study)), _showings_analysed(study)),
        LabelledText("Strength", strengths_text(study)),
        LabelledText("Positive control", capitalized(control_text(study))),
        LabelledText("Choice of strengths", capitalized(adaptive_strength_text(study))),
        LabelledText("Course of a trial", _course(study)),
        LabelledText("Flashes", flashes_text(study)),
        LabelledText("Right place", right_place_text(study), masks_text(study)),
        LabelledText("Screening", *screening_text(study)),
        LabelledText("Groups", "; ".join(study.group_names), _told_by(study)),
        LabelledText("Image source", study.pair_set.dataset.credit),
        LabelledText("Margin", f"{percentage_points(study.margin)} around chance count as undetectable"),
        LabelledText("Exclusions", " ".join(rule.text for rule in report.figures.exclusions.rules) or "no rule"),
        LabelledText("Open", _open(study)),
        LabelledText("Pauses", " ".join(_paused(pause) for pause in report.history.pauses)),
        LabelledText("Pilot", _piloted(report.history.pilot_sessions)),
        LabelledText("Protocol", f"SHA-256 {study.protocol_sha256}", "Fixed when the study opened, and hashed then."),
    ]
    return Section(
        key="how", title="What was asked, and under which protocol", facts=tuple(fact for fact in facts if fact.text)
    )


def _told_by(study: Study) -> str:
    """Return how it is known to which group an observer belongs; nothing without groups."""
    if study.tells_groups_by_question:
        return f"Told by the observer’s own answer to “{study.group_question}”."
    return "Told with the invitation, or by the link that the observer came by." if study.groups.strip() else ""


def _showings_analysed(study: Study) -> str:
    return "The first showing alone is in the main figures; observers are not told." if study.n_repeated else ""


def _images(study: Study) -> str:
    size = study.pair_set.image_size
    texts = [
        f"{stimuli_text(study)} in each series, from {study.pair_set.dataset.name}, {size} × {size} pixels, shown at "
        f"{study.scale} screen pixel{'' if study.scale == 1 else 's'} per image pixel",
        "each lesion at most once" if study.one_lesion_once else "lesions may repeat",
        *([squares] if (squares := squares_text(study)) else []),
    ]
    if visibility := visibility_text(study):
        texts.append(visibility)
    if allocation := allocation_text(study):
        texts.append(allocation)
    return "; ".join(texts)


def _prevalence(study: Study) -> tuple[str, str]:
    """Return the share of perturbed images, and what observers could know of it; two images always hold one."""
    if study.trials.images > 1:
        return "", ""
    if study.prevalence == Study.Prevalence.RANDOM:
        share = f"each image perturbed with a probability of {100 * study.n_perturbed / study.n_images:.1f}%"
    else:
        share = f"{study.n_perturbed} of {study.n_images} images perturbed"
    return (
        share,
        "The program’s pages do not tell observers; what the study’s own texts tell them stands in its protocol.",
    )


def _beside(study: Study) -> str:
    texts = []
    if study.n_practice:
        texts.append(f"{_counted(study.n_practice, 'practice trial')} with feedback, not analysed")
        if arms := study.attack_arms:
            texts.append(f"in the instructions an example of {arms[0].name} alone, of the attacks compared")
    if study.n_catch and study.catch_pair_set:
        strength = f"{study.catch_pair_set.strength:g}"
        texts.append(f"{_counted(study.n_catch, 'catch trial')} at strength {strength}, reported apart")
    return "; ".join([*texts, "all on other lesions"]) if texts else ""


def _course(study: Study) -> str:
    shown = f"shown {flicker_text(study)} {study.display_time}" if study.flickers else f"shown {study.display_time}"
    texts = [f"fixation cross for {study.fixation_ms} ms, then {shown}" if study.fixation_ms else shown]
    if study.pause_ms:
        texts.append(f"pause of {study.pause_ms} ms")
    if study.break_every:
        texts.append(f"a break after every {study.break_every} trials")
    if study.longest_run:
        texts.append(longest_run_text(study))
    text = "; ".join(texts)
    return text[0].upper() + text[1:]


def _open(study: Study) -> str:
    if study.opened_at is None:
        return ""
    return f"{moment(study.opened_at)} to {moment(study.closed_at)}" if study.closed_at else moment(study.opened_at)


def _reopened(reopening: Reopening) -> str:
    closed = f"closed on {_at(reopening.closed_at)}, and reopened" if reopening.closed_at else "reopened"
    seen = "Its results had been seen by then." if reopening.results_seen else "Its results had not been seen by then."
    why = f" The reason given: “{reopening.reason}”." if reopening.reason else ""
    return f"The study was {closed} on {_at(reopening.reopened_at)}, as its protocol allowed. {seen}{why}"


def _paused(pause: Pause) -> str:
    until = f"to {_at(pause.until)}" if pause.until else "until now"
    return f"{_at(pause.since)} {until}" + (f": “{pause.reason}”." if pause.reason else ".")


def _piloted(sessions: PilotSessions) -> str:
    if not sessions.begun:
        return ""
    seen = f"{sessions.images_seen} of the {sessions.images}" if sessions.images_seen else "none of the"
    return (
        f"{_counted(sessions.begun, 'pilot session')} before the opening, {sessions.finished} of them finished; none "
        f"is in any figure. Pilot observers had seen {seen} images of the series, clean or perturbed; what the study "
        "shows, and in which order, was drawn anew."
    )


def _at(iso: str) -> str:
    return moment(datetime.fromisoformat(iso))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
