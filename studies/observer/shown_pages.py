"""What each of the observers' pages shows, apart from when it is shown: the preview shows the same pages by it.

An import contract keeps the truth out of this module's reach.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from studies.data_protection.inventory import stored_of_a_person
from studies.data_protection.retention import deletion_day
from studies.models.session import Session
from studies.models.study import Study
from studies.models.trial import Trial
from studies.observer.access import Visit
from studies.observer.asked_questions import asked_questions
from studies.observer.form_data import START_FIELDS
from studies.observer.image_response import UNFIT
from studies.observer.next_step import step_at
from studies.observer.return_way import ReturnWay
from studies.observer.screening.needs import needs_of_device
from studies.observer.texts import ShownText, lang_attribute, shown_text
from studies.questionnaire import Reading, parse_questionnaire
from studies.sessions.consent import language_agreed_in
from studies.sessions.debriefing import is_debriefed
from studies.sessions.diagnoses import diagnosis_choices
from studies.sessions.practice import Example, Feedback
from studies.sessions.recruitment.arrival import ArrivalProblem
from studies.sessions.steps import LONGEST_COMMENT
from studies.sessions.trials import SessionPosition
from studies.trial_types import Buttons

NOT_OPEN = 403
PAUSED = 423
"""The status of what waits for the study to go on. Below 500, which a proxy says of a server that is away."""


WARNING, READ, DECLINED = "warning", "read", "declined"
"""What the form of the warning sends."""


def welcome_page(visit: Visit, told: Study, *, arriving: str = "", keeps_id: bool = False) -> HttpResponse:
    """Show what the study is, and what is consented to.

    Parameters
    ----------
    told
        The visit's study, read anew: who runs it and who approved it may be changed while it is kept in memory.
    arriving
        Of somebody who comes by an open link: what the form carries, so that it begins one session however often it
        is sent.
    keeps_id
        Whether the recruiter's id is kept of whoever consents, which the page then says.
    """
    pair_set = visit.study.pair_set
    context = {
        "told": told,
        "words": visit.study.words(visit.language),
        "trial_type": visit.study.trials,
        "is_synthetic": pair_set.dataset.is_synthetic,
        "image_size": pair_set.image_size,
        "display_fields": list(START_FIELDS),
        "needs": needs_of_device(visit.study),
        "needs_card": visit.study.needs_card,
        "arriving": arriving,
        "keeps_id": keeps_id,
        "deadline": None if arriving else visit.observer.deadline,
    }
    return visit.page("observer/welcome.html", context)


def flicker_warning_page(visit: Visit, *, is_declined: bool = False) -> HttpResponse:
    """Warn of images that flicker, before anything is recorded, with a way out.

    Parameters
    ----------
    is_declined
        Whether the visitor took the way out: the page says that nothing was recorded.
    """
    return visit.page("observer/flicker_warning.html", {"is_declined": is_declined})


def warning_due(visit: Visit) -> HttpResponse | None:
    """Return the warning that comes before the welcome page; None where none is due.

    That it was read stands in the form alone that leads on from it: nothing is stored before the consent, and whoever
    comes back reads it again.
    """
    if not visit.study.flickers:
        return None
    said = visit.request.POST.get(WARNING, "")
    if said == READ:
        return None
    return flicker_warning_page(visit, is_declined=said == DECLINED)


def questions_page(visit: Visit, reading: Reading, given: Mapping[str, str]) -> HttpResponse:
    """Ask the study's questions; with what was given, and what is wrong with it."""
    questions = parse_questionnaire(visit.study.questionnaire_in(visit.language))
    language = visit.study.text_language("questionnaire", visit.language)
    context = {
        "questions": asked_questions(questions, reading, given, language=language, page_language=visit.language),
        "questions_lang": lang_attribute(language, visit.language),
        "has_errors": bool(reading.errors),
        "has_conditions": any(question.condition for question in questions),
    }
    return visit.page("observer/questions.html", context, status=422 if reading.errors else 200)


def instructions_page(visit: Visit, examples: Sequence[Example], *, tries_left: int | None = None) -> HttpResponse:
    """Show the instructions, with an example where the study has practice.

    Parameters
    ----------
    tries_left
        Of somebody who did not answer enough of the questions on the instructions: how often they may try again.
    """
    side = visit.study.pair_set.image_size * visit.study.scale
    words = visit.study.words(visit.language)
    context = {"examples": examples, "choices": Buttons.of(visit.study.trials, words), "words": words, "side": side}
    context["trial_type"] = visit.study.trials
    return visit.page("observer/instructions.html", {**context, "tries_left": tries_left})


def trial_page(
    visit: Visit,
    position: SessionPosition,
    current: Trial,
    *,
    error: str = "",
    given: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Show a trial; with what was chosen and what is missing, where an answer was incomplete."""
    trial_type = visit.study.trials
    diagnoses = diagnosis_choices(visit.study.pair_set.dataset.classes) if visit.study.asks_diagnosis else []
    context: dict[str, Any] = {
        "trial_type": trial_type,
        "choices": Buttons.of(trial_type, visit.study.words(visit.language)),
        "diagnoses": diagnoses,
        # With one question each button answers; with more, the form is sent when all are answered.
        "asks_once": not diagnoses and not trial_type.confidences and not trial_type.marks_place,
        "position": position,
        "step": step_at(visit, position),
        "side": _side(visit, current),
        "last_pixel": current.stimulus.size - 1,
        "error": error,
        "chosen": given or {},
    }
    return visit.page("observer/trial.html", context, status=422 if error else 200)


def break_page(visit: Visit, position: SessionPosition, current: Trial) -> HttpResponse:
    """Offer a break before a trial."""
    return visit.page("observer/break.html", {"position": position, "done": current.position - 1})


def feedback_page(visit: Visit, told: Feedback) -> HttpResponse:
    """Tell whether the answer to a practice trial was right."""
    images = [visit.url("observer:image", told.trial.token)]
    if told.trial.second_stimulus_id is not None:
        images.append(visit.url("observer:second-image", told.trial.token))
    context = {
        "feedback": told,
        "words": visit.study.words(visit.language),
        "images": list(zip(images, told.marks, strict=True)),
        "side": _side(visit, told.trial),
    }
    return visit.page("observer/feedback.html", context)


def no_image_page(visit: Visit, trial: Trial) -> HttpResponse:
    """Say that an image of the trial cannot be shown, and that the session goes on without it.

    It is the same whichever image it is. Below 500, as the image's own answer: the script then shows this page.
    """
    return visit.page("observer/no_image.html", {"trial": trial}, status=UNFIT)


def comments_page(visit: Visit) -> HttpResponse:
    """Ask for comments after the last trial."""
    return visit.page("observer/comments.html", {"longest": LONGEST_COMMENT})


def end_page(visit: Visit, way: ReturnWay | None = None) -> HttpResponse:
    """Thank, or say how else the session has ended; then say what the study was about, if it does.

    No other page is given that text.

    Parameters
    ----------
    way
        Back to the recruiter, where there is one.
    """
    is_told = visit.session is not None and is_debriefed(visit.session, visit.study)
    debriefing = shown_text(visit.study, "debriefing", visit.language) if is_told else None
    return visit.page("observer/end.html", {"debriefing": debriefing, "way": way, "observer": visit.observer})


def turned_away_page(visit: Visit, way: ReturnWay | None, *, is_full: bool) -> HttpResponse:
    """Say that nobody more is let in, or not this person, who took part in an earlier study."""
    return visit.page("observer/turned_away.html", {"way": way, "is_full": is_full}, status=NOT_OPEN)


def no_id_page(visit: Visit, problem: ArrivalProblem) -> HttpResponse:
    """Say that the address does not tell who comes, or that it only shows the task."""
    context = {"is_preview": problem == ArrivalProblem.PREVIEW}
    return visit.page("observer/no_id.html", context, status=NOT_OPEN)


def link_over_page(visit: Visit) -> HttpResponse:
    """Say that nobody can begin by this link any more."""
    return visit.page("observer/not_open.html", {"link_is_over": True}, status=NOT_OPEN)


def data_page(visit: Visit, study: Study) -> HttpResponse:
    """List what is stored of the observer, what for, how long, and what they can ask for.

    Parameters
    ----------
    study
        The visit's study, read anew: what it says of the data may be changed while it is kept in memory.
    """
    context = {
        "study": study,
        "observer": visit.observer,
        "purpose": shown_text(study, "data_purpose", visit.language),
        "stored": stored_of_a_person(study),
        "deleted_on": deletion_day(study),
    }
    return visit.page("observer/data.html", context)


def consent_page(visit: Visit, session: Session, study: Study) -> HttpResponse:
    """Show the text that was agreed to, with what tells it from others.

    Parameters
    ----------
    session
        The visit's session.
    study
        The visit's study, read anew.
    """
    return visit.page("observer/consent.html", _agreed(visit, session, study))


def consent_file(visit: Visit, session: Session, study: Study) -> HttpResponse:
    """Return the same as a file of plain text in UTF-8."""
    shown = _agreed(visit, session, study)
    text = render_to_string("observer/consent.txt", {**shown, "title": study.text("title", visit.language)})
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="consent.txt"'},
    )


def leave_page(visit: Visit) -> HttpResponse:
    """Ask whether the observer wants to withdraw."""
    return visit.page("observer/leave.html")


def leave_later_page(visit: Visit) -> HttpResponse:
    """Ask whether the observer wants to withdraw after the end, and say what becomes of their data."""
    return visit.page("observer/leave_later.html")


def gone_page(visit: Visit) -> HttpResponse:
    """Say that the observer has withdrawn after the end. It is shown once: the link leads nowhere any more."""
    return visit.page("observer/gone.html")


def not_open(visit: Visit, *, is_sent: bool = False) -> HttpResponse:
    """Say that the study has not begun yet, pauses, or is over.

    Parameters
    ----------
    is_sent
        Whether an answer was sent, which was not taken.
    """
    status = PAUSED if visit.study.state == Study.State.PAUSED else NOT_OPEN
    return visit.page("observer/not_open.html", {"is_sent": is_sent}, status=status)


def personal_link_over_page(visit: Visit) -> HttpResponse:
    """Say that nobody can begin by this personal link: it was revoked, or its deadline is over."""
    return visit.page("observer/not_open.html", {"personal_link": visit.observer}, status=NOT_OPEN)


def refused_page(visit: Visit, message: str) -> HttpResponse:
    """Say that what was sent is not saved, and why."""
    return visit.page("observer/refused.html", {"message": message}, status=422)


def _agreed(visit: Visit, session: Session, study: Study) -> dict[str, Any]:
    language = language_agreed_in(session, study)
    agreed = None
    if language is not None:
        text, text_language = study.text("consent_text", language), study.text_language("consent_text", language)
        agreed = ShownText(text, text_language, visit.language)
    return {"agreed": agreed, "session": session, "told": study}


def _side(visit: Visit, shown: Trial) -> int:
    return shown.stimulus.size * visit.study.scale
