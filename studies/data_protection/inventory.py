"""Everything that is stored of an observer, as one list: what it is, and what for. Observers and researchers read it.

A test holds that each field of the models that belong to a person, and each key of what their browser measures, stands
in one line of this list: a new field without a line fails it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from studies.models.study import Study


@dataclass(frozen=True, slots=True)
class StoredData:
    """One line of the list.

    Attributes
    ----------
    what
        What is stored, as an observer would say it.
    purpose
        What for.
    fields
        Where: `Model.field`, and `Model.field.key` of what a browser measures.
    is_stored
        Whether a study stores it at all.
    """

    what: Promise
    purpose: Promise
    fields: tuple[str, ...]
    is_stored: Callable[[Study], bool] = lambda study: True


def _asks_questions(study: Study) -> bool:
    return bool(study.questionnaire.strip())


def _has_confidence(study: Study) -> bool:
    return bool(study.trials.ratings or study.trials.confidences)


def _has_grades(study: Study) -> bool:
    return bool(study.trials.grades)


STORED_OF_A_PERSON: tuple[StoredData, ...] = (
    StoredData(
        gettext_lazy(
            "Your label, a pseudonym by which the study names you, when you were invited, until when you can begin, "
            "and whether your link was taken back"
        ),
        gettext_lazy("To tell the observers apart without their names"),
        (
            *("Observer.label", "Observer.invited_at", "Observer.is_simulated", "Observer.detached_at"),
            *("Observer.deadline", "Observer.revoked_at"),
        ),
    ),
    StoredData(
        gettext_lazy("By which open link you came, to which group of observers you belong, and which place you have"),
        gettext_lazy("So that no more people take part than the study needs, and groups can be compared"),
        ("Observer.open_link", "Observer.group", "Place.link", "Place.group", "Place.number", "Place.sequence"),
        lambda study: bool(study.groups.strip()) or study.open_links.exists(),
    ),
    StoredData(
        gettext_lazy(
            "The id by which whoever sent you here knows you, with what else their link says of your visit: apart from "
            "your answers, and deleted some days after the study is closed"
        ),
        gettext_lazy("To credit your part to you, to lead you back to it, and to let nobody take part twice"),
        (
            "OutsideId.study",
            "OutsideId.recruiter",
            "OutsideId.value",
            "OutsideId.parameters",
            "OutsideId.arrived_at",
        ),
        lambda study: study.open_links.exclude(recruiter="none").exists(),
    ),
    StoredData(
        gettext_lazy("Your personal link, and a random address for each image"),
        gettext_lazy("So that nobody else can answer in your place, and you can go on where you were"),
        ("Observer.token", "Trial.token"),
    ),
    StoredData(
        gettext_lazy("In which order the images are shown to you, and the random number that this order was drawn by"),
        gettext_lazy("So that each observer has an order of their own, which can be checked afterwards"),
        (
            *("Observer.plan", "Session.seed", "Session.drawing_version"),
            *("Trial.phase", "Trial.position", "Trial.stimulus", "Trial.second_stimulus", "Trial.showing"),
        ),
    ),
    StoredData(
        gettext_lazy("When you consented, a checksum of the text that you agreed to, and the language of your pages"),
        gettext_lazy("To prove your consent"),
        ("Session.consented_at", "Session.consent_sha256", "Session.language"),
    ),
    StoredData(
        gettext_lazy("Your answers to the questions before the series, and when you gave them"),
        gettext_lazy("To describe the group of observers"),
        ("Session.questionnaire", "Session.questionnaire_at"),
        _asks_questions,
    ),
    StoredData(
        gettext_lazy(
            "The size and resolution of your screen and of your browser’s window when you began, its zoom, whether "
            "you pointed with a finger, and what your browser says of the screen’s colours"
        ),
        gettext_lazy("To know how large and in which colours the images were shown, and whether they fitted"),
        (
            *("Session.display.pixel_ratio", "Session.display.window_width", "Session.display.window_height"),
            *("Session.display.screen_width", "Session.display.screen_height", "Session.display.fits"),
            *("Session.display.touch", "Session.display.pinch", "Session.display.zoom"),
            *("Session.display.colour_depth", "Session.display.gamut", "Session.display.high_dynamic_range"),
            *("Session.display.forced_colours", "Session.display.inverted_colours"),
        ),
    ),
    StoredData(
        gettext_lazy("How many pixels a millimetre of your screen has, if you held a card to it; nothing of the card"),
        gettext_lazy("To know the size of the images in millimetres"),
        ("Session.display.css_px_per_mm",),
        lambda study: study.asks_calibration,
    ),
    StoredData(
        gettext_lazy(
            "What came of each check before the series, by what it was judged, such as how far you sat from the "
            "screen, and when"
        ),
        gettext_lazy("To know whether your screen, and what you can see on it, meet the conditions of the study"),
        tuple(f"ScreeningResult.{name}" for name in ("check_key", "passed", "measured", "at")),
        lambda study: bool(study.checks),
    ),
    StoredData(
        gettext_lazy("What you answered to each image"),
        gettext_lazy("It is what the study is about"),
        ("Answer.trial", "Answer.response"),
    ),
    StoredData(
        gettext_lazy("How sure you were of each answer"),
        gettext_lazy("It is what the study is about"),
        ("Answer.rating", "Answer.confidence"),
        _has_confidence,
    ),
    StoredData(
        gettext_lazy("Which grade you gave to each image"),
        gettext_lazy("It is what the study is about"),
        ("Answer.grade",),
        _has_grades,
    ),
    StoredData(
        gettext_lazy("Which place you marked in each image"),
        gettext_lazy("It is what the study is about"),
        ("Answer.place_x", "Answer.place_y"),
        lambda study: study.trials.marks_place,
    ),
    StoredData(
        gettext_lazy("Which diagnosis you chose for each image"),
        gettext_lazy("It is what the study is about"),
        ("Answer.diagnosis",),
        lambda study: study.asks_diagnosis,
    ),
    StoredData(
        gettext_lazy(
            "When each image was first shown to you, or that it could not be shown; when your answer came, and how "
            "long it took"
        ),
        gettext_lazy("To see whether answers change in the course of a session, and whether quick ones differ"),
        ("Trial.served_at", "Trial.not_shown", "Answer.answered_at", "Answer.rt_ms"),
    ),
    StoredData(
        gettext_lazy(
            "With each answer: the size of the window and of the image, whether it was whole in view and for how long, "
            "zoom, and how often the window was resized or left, or a key was pressed too early"
        ),
        gettext_lazy("To know whether the image could be seen as it was meant to be"),
        (
            *("Answer.display.pixel_ratio", "Answer.display.window_width", "Answer.display.window_height"),
            *("Answer.display.shown_width", "Answer.display.shown_height", "Answer.display.visible"),
            *("Answer.display.focus_losses", "Answer.display.resizes", "Answer.display.pinch"),
            *("Answer.display.early", "Answer.display.shown_ms"),
        ),
    ),
    StoredData(
        gettext_lazy(
            "With each answer: how often in a second your screen is drawn anew and the images alternated, how many "
            "times it was and how many came late, and whether you had stopped the flicker"
        ),
        gettext_lazy("To know whether the flicker was shown as it was meant to be"),
        (
            *("Answer.display.refresh_hz", "Answer.display.flicker_hz", "Answer.display.frames"),
            *("Answer.display.late_frames", "Answer.display.stopped"),
        ),
        lambda study: study.flickers,
    ),
    StoredData(
        gettext_lazy(
            "When you left each of the first pages, how many checks you took, and when and how your part ended: "
            "finished, withdrawn, screened out by a check, too late, rejected with a reason, or given back"
        ),
        gettext_lazy("To know how many observers came how far"),
        (
            *("Session.n_screened", "Session.screened_at", "Session.asked_at"),
            *("Session.instructed_at", "Session.finished_at", "Session.withdrawn_at", "Session.timed_out_at"),
            *("Session.screened_out_at", "Session.screened_out_by", "Session.rejected_at", "Session.rejection"),
            "Session.returned_at",
        ),
    ),
    StoredData(
        gettext_lazy("Your comments at the end, and when you gave them"),
        gettext_lazy("To understand how the images were judged"),
        ("Session.comments", "Session.commented_at"),
        lambda study: study.asks_comments,
    ),
    StoredData(
        gettext_lazy("Your score: how many of your answers were right"),
        gettext_lazy("To tell it to you at the end"),
        ("Session.score",),
        lambda study: study.shows_score,
    ),
    StoredData(
        gettext_lazy("In the study’s log: that somebody with your label was invited, or could not be shown an image"),
        gettext_lazy("So that it can be checked later how the study was run"),
        ("AuditEvent.details.observers", "AuditEvent.details.observer"),
    ),
)
"""In the order in which it comes to be."""


def stored_of_a_person(study: Study) -> list[StoredData]:
    """Return what a study stores of each observer."""
    return [stored for stored in STORED_OF_A_PERSON if stored.is_stored(study)]
