"""All that is stored of one person, in words, as the JSON that is handed over when they ask for it.

What it may say of the images follows from the state of the study. An observer of a study that takes answers, or may
take them again, could tell others what was what; so it says then neither which image an answer was to, nor what would
have been right, and that it does not and why. The link is never in it: whoever has it answers in the person's name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from perception.analysis.json_values import JsonObject, JsonValue
from studies import audit
from studies.audit import events_of
from studies.data_protection.inventory import stored_of_a_person
from studies.data_protection.retention import deletion_day
from studies.languages import ENGLISH, LANGUAGES
from studies.models.answer import Answer
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.recruitment.outside_id import OutsideId
from studies.models.recruitment.place import Place
from studies.models.session import Session
from studies.models.study import Study
from studies.models.study_state import OVER
from studies.models.truth import Truth

FILE_NAME = "person.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the file: its name, the fields of the inventory that it tells, and where its value comes from."""

    name: str
    fields: tuple[str, ...]
    value: Callable[[Observer, Session | None], JsonValue]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What is stored and not in the file, and why."""

    what: Promise
    why: Promise
    fields: tuple[str, ...]


def _of_session(name: str) -> Callable[[Observer, Session | None], JsonValue]:
    return lambda _, session: None if session is None else _plain(getattr(session, name))


def _outside_id(observer: Observer, _: Session | None) -> JsonValue:
    outside: OutsideId | None = getattr(observer, "outside_id", None)
    if outside is None:
        return None
    return {
        "recruiter": outside.recruiter,
        "id": outside.value,
        "parameters": outside.parameters,
        "arrived_at": _plain(outside.arrived_at),
    }


def _checks(_: Observer, session: Session | None) -> JsonValue:
    if session is None:
        return []
    return [
        {"check": one.check_key, "passed": one.passed, "measured": one.measured, "at": _plain(one.at)}
        for one in session.screening_results.all()
    ]


def _place_number(observer: Observer) -> JsonValue:
    place: Place | None = getattr(observer, "place", None)
    return None if place is None else place.number


ENTRIES: tuple[Entry, ...] = (
    Entry("label", ("Observer.label",), lambda observer, _: observer.label),
    Entry("is_simulated", ("Observer.is_simulated",), lambda observer, _: observer.is_simulated),
    Entry("invited_at", ("Observer.invited_at",), lambda observer, _: _plain(observer.invited_at)),
    Entry("begin_by", ("Observer.deadline",), lambda observer, _: _plain(observer.deadline)),
    Entry("link_revoked_at", ("Observer.revoked_at",), lambda observer, _: _plain(observer.revoked_at)),
    Entry("detached_at", ("Observer.detached_at",), lambda observer, _: _plain(observer.detached_at)),
    Entry("group", ("Observer.group",), lambda observer, _: observer.group),
    Entry(
        "open_link",
        ("Observer.open_link", "Place.link", "Place.group"),
        lambda observer, _: None if observer.open_link is None else observer.open_link.number,
    ),
    Entry(
        "place", ("Place.number",), lambda observer, _: observer.place.number if hasattr(observer, "place") else None
    ),
    Entry(
        "id_at_the_recruiter",
        tuple(f"OutsideId.{name}" for name in ("study", "recruiter", "value", "parameters", "arrived_at")),
        _outside_id,
    ),
    Entry("consented_at", ("Session.consented_at",), _of_session("consented_at")),
    Entry("sha256_of_the_consent_text", ("Session.consent_sha256",), _of_session("consent_sha256")),
    Entry("language", ("Session.language",), _of_session("language")),
    Entry(
        "screen",
        tuple(
            f"Session.display.{key}"
            for key in (
                *("pixel_ratio", "window_width", "window_height", "screen_width", "screen_height", "fits"),
                *("touch", "pinch", "zoom", "css_px_per_mm"),
                *("colour_depth", "gamut", "high_dynamic_range", "forced_colours", "inverted_colours"),
            )
        ),
        _of_session("display"),
    ),
    Entry("questionnaire", ("Session.questionnaire",), _of_session("questionnaire")),
    Entry("questionnaire_answered_at", ("Session.questionnaire_at",), _of_session("questionnaire_at")),
    Entry("checks_taken", ("Session.n_screened",), _of_session("n_screened")),
    Entry("last_check_taken_at", ("Session.screened_at",), _of_session("screened_at")),
    Entry("asked_about_the_instructions_at", ("Session.asked_at",), _of_session("asked_at")),
    Entry("left_the_instructions_at", ("Session.instructed_at",), _of_session("instructed_at")),
    Entry("finished_at", ("Session.finished_at",), _of_session("finished_at")),
    Entry("withdrew_at", ("Session.withdrawn_at",), _of_session("withdrawn_at")),
    Entry("screened_out_at", ("Session.screened_out_at",), _of_session("screened_out_at")),
    Entry("screened_out_by", ("Session.screened_out_by",), _of_session("screened_out_by")),
    Entry(
        "checks",
        tuple(f"ScreeningResult.{name}" for name in ("check_key", "passed", "measured", "at")),
        _checks,
    ),
    Entry("timed_out_at", ("Session.timed_out_at",), _of_session("timed_out_at")),
    Entry("rejected_at", ("Session.rejected_at",), _of_session("rejected_at")),
    Entry("rejected_because", ("Session.rejection",), _of_session("rejection")),
    Entry("returned_at", ("Session.returned_at",), _of_session("returned_at")),
    Entry("comments", ("Session.comments",), _of_session("comments")),
    Entry("commented_at", ("Session.commented_at",), _of_session("commented_at")),
    Entry("score", ("Session.score",), _of_session("score")),
)
ANSWER_FIELDS = (
    *(
        "Trial.phase",
        "Trial.position",
        "Trial.served_at",
        "Trial.not_shown",
        "Answer.trial",
        "Answer.response",
        "Answer.rating",
    ),
    *(
        "Answer.confidence",
        "Answer.grade",
        "Answer.place_x",
        "Answer.place_y",
        "Answer.diagnosis",
        "Answer.answered_at",
        "Answer.rt_ms",
    ),
    *(
        f"Answer.display.{key}"
        for key in (
            *("pixel_ratio", "window_width", "window_height", "shown_width", "shown_height", "visible"),
            *("focus_losses", "resizes", "pinch", "early", "shown_ms"),
            *("refresh_hz", "flicker_hz", "frames", "late_frames", "stopped"),
        )
    ),
)
LOG_FIELDS = ("AuditEvent.details.observers", "AuditEvent.details.observer")
ALWAYS_HELD_BACK = (
    HeldBack(
        gettext_lazy("The personal link, and the random addresses of the images"),
        gettext_lazy("Whoever has them can act in the person’s name. The person has the link already."),
        ("Observer.token", "Trial.token"),
    ),
)
HELD_BACK_WHILE_ANSWERS_ARE_TAKEN = (
    HeldBack(
        gettext_lazy("Which image was shown when, and the random number that the order was drawn by"),
        gettext_lazy(
            "The study takes answers, or may take them again: whoever knew which image was which could tell others, "
            "and the study would be worth nothing. Ask again once it is over for good."
        ),
        (
            *("Observer.plan", "Place.sequence", "Session.seed", "Session.drawing_version"),
            *("Trial.stimulus", "Trial.second_stimulus", "Trial.showing"),
        ),
    ),
    HeldBack(
        gettext_lazy("Whether an answer was right"),
        gettext_lazy("For the same reason. It is not stored of a person, but follows from what the images are."),
        (),
    ),
)


def tells_images(study: Study) -> bool:
    """Tell whether nobody can answer any more, so that a person may be told what the images were."""
    about = study if study.pilot_of is None else study.pilot_of
    return all(one.state in OVER and not one.may_be_reopened for one in (study, about))


def export_person(*, observer: Observer, by: User) -> JsonObject:
    """Return what is stored of one person, and write down that it was taken away, without saying of whom.

    Raises
    ------
    NotPermittedError
        `by` may not.
    """
    with transaction.atomic():
        audit.record(study=observer.study, action=AuditEvent.Action.PERSON_EXPORTED, by=by)
        return person_as_json(observer)


def person_as_json(observer: Observer) -> JsonObject:
    """Return what is stored of one person (six queries); what explains it in the language of their pages."""
    study = observer.study
    session: Session | None = getattr(observer, "session", None)
    with translation.override(ENGLISH if session is None else session.language):
        return {
            "made_at": _plain(timezone.now()),
            "study": _of_study(study),
            "person": {entry.name: entry.value(observer, session) for entry in ENTRIES},
            "answers": [] if session is None else _answers(session, study),
            "log": _log(observer),
            "what_each_is_for": [
                {"what": str(stored.what), "purpose": str(stored.purpose)} for stored in stored_of_a_person(study)
            ],
            "held_back": [{"what": str(held.what), "why": str(held.why)} for held in held_back_of(study)],
            **({"order_of_images": _order(observer, session)} if tells_images(study) else {}),
        }


def held_back_of(study: Study) -> tuple[HeldBack, ...]:
    """Return what a person's export leaves out, where the study stands."""
    return ALWAYS_HELD_BACK if tells_images(study) else (*ALWAYS_HELD_BACK, *HELD_BACK_WHILE_ANSWERS_ARE_TAKEN)


def _of_study(study: Study) -> JsonObject:
    return {
        "title": study.title,
        "responsible": study.data_controller,
        "contact": study.data_contact,
        "purpose": {code: study.text("data_purpose", code) for code, _ in LANGUAGES},
        "legal_basis": str(study.get_legal_basis_display()),
        "kept_days_after_closing": study.kept_days,
        "kept_until": _plain(deletion_day(study)),
        "answers_kept_after_that": study.keeps_detached_answers,
        "later_withdrawal": str(study.get_later_withdrawal_display()),
        "consent_text": {code: study.text("consent_text", code) for code, _ in LANGUAGES},
    }


def _answers(session: Session, study: Study) -> list[JsonValue]:
    """Return each trial that was shown, with its answer, if there is one."""
    trials = session.trials.select_related("answer", "stimulus", "second_stimulus").order_by("phase", "position")
    perturbed = dict(Truth.objects.filter(stimulus__study=study).values_list("stimulus_id", "perturbed"))
    told: list[JsonValue] = []
    for trial in trials:
        answer: Answer | None = getattr(trial, "answer", None)
        if answer is None and trial.served_at is None and not trial.not_shown:
            continue
        entry: JsonObject = {
            "phase": trial.phase,
            "position": trial.position,
            "first_shown_at": _plain(trial.served_at),
            **({"could_not_be_shown": True} if trial.not_shown else {}),
            **({} if answer is None else _said(answer)),
        }
        if tells_images(study):
            entry["images"] = [stimulus.name for stimulus in trial.stimuli]
            entry["right_would_have_been"] = study.trials.expected(
                tuple(perturbed[stimulus.pk] for stimulus in trial.stimuli)
            )
        told.append(entry)
    return told


def _said(answer: Answer) -> JsonObject:
    return {
        "answered_at": _plain(answer.answered_at),
        "milliseconds": answer.rt_ms,
        "response": answer.response,
        "rating_1_to_6": answer.rating,
        "confidence_1_to_3": answer.confidence,
        "grade_1_to_5": answer.grade,
        "marked_place_pixels": None if answer.place_x is None else [answer.place_x, answer.place_y],
        "diagnosis": answer.diagnosis,
        "how_it_was_shown": answer.display,
    }


def _order(observer: Observer, session: Session | None) -> JsonObject:
    return {
        "drawn": observer.plan,
        "seed": None if session is None else session.seed,
        "drawing_version": None if session is None else session.drawing_version,
    }


def _log(observer: Observer) -> list[JsonValue]:
    """Return what the study's log says of the person."""
    study = observer.study
    about = study if study.pilot_of is None else study.pilot_of
    told: list[JsonValue] = []
    for event in events_of(about):
        if bool(event.details.get("pilot")) != study.is_pilot:
            continue
        names = event.details.get("observers")
        if event.details.get("observer") == observer.label or (isinstance(names, list) and observer.label in names):
            told.append({"at": _plain(event.at), "what": event.get_action_display()})
    return told


def _plain(value: object) -> JsonValue:
    """Return a value as JSON has it: a moment as ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else value  # type: ignore[return-value]
