"""Sessions → table: what observers told of themselves and of the study, beside the trials. No answer, no truth."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from perception.core.input_files.spreadsheet_cell import escape_formula
from perception.core.languages import in_english
from studies.models.observer import TrialSequence
from studies.models.observer_state import state_of
from studies.models.screening.check import Check
from studies.models.session import Session
from studies.models.study import Study
from studies.questionnaire import Question, QuestionKind, parse_questionnaire
from studies.questionnaire.wording import condition_in_english
from studies.report.screens import seat_of


@dataclass(frozen=True, slots=True)
class SessionColumn:
    """One column of the table."""

    name: str
    description: str
    value: Callable[[Session], object]


DISPLAY = {
    "pixel_ratio": "screen pixels per CSS pixel, at the start",
    "window_width": "of the browser's window, CSS pixels, at the start",
    "window_height": "of the browser's window, CSS pixels, at the start",
    "screen_width": "of the screen, CSS pixels",
    "screen_height": "of the screen, CSS pixels",
    "fits": "1 where the images fitted the window at the study's scale, 0 where not, at the start",
    "touch": "1 where the main pointer was a finger, 0 where not, at the start",
    "pinch": "how much a pinch magnified the page, at the start",
    "zoom": "of the browser, as far as it tells: 1 is 100%; a sidebar counts as zoom, at the start",
    "colour_depth": "bits a pixel, as the browser says; 24 where it does not know, at the start",
    "gamut": "the widest that the screen is said to cover: 0 less than sRGB, 1 sRGB, 2 Display P3, 3 Rec. 2020",
    "high_dynamic_range": "1 where the browser says that the screen has one, 0 where not, at the start",
    "forced_colours": "1 where colours were replaced by those of a high contrast, 0 where not, at the start",
    "inverted_colours": "1 where colours were inverted, 0 where not; many browsers do not tell, at the start",
    "css_px_per_mm": "by a bank card held to the screen; empty if not measured",
}


SEAT = {
    "distance_cm": ("cm", "from the eyes to the screen, before the series; empty if not known"),
    "distance_how": ("how", "“blind spot”: measured by it; “told”: as the observer told it"),
    "distance_spread_cm": ("spread_cm", "the largest measured distance less the smallest, of the repetitions"),
    "degrees_per_image": ("degrees", "visual angle of an image's side; empty without distance and card"),
    "pixels_per_degree": ("pixels_per_degree", "of the image, at the study's scale; empty without distance and card"),
}
"""Where the study checks the viewing distance: by the column, the field of `Seat` and what it holds."""


def session_columns(study: Study) -> list[SessionColumn]:
    """Return the columns: those that every study has, and one for each question that it asks."""
    columns = [
        SessionColumn("observer", "the observer's label", lambda session: session.observer.label),
        SessionColumn("group", "of those that the study compares", lambda session: session.observer.group),
        SessionColumn("simulated", "1 for a simulated observer", lambda session: int(session.observer.is_simulated)),
        SessionColumn("subset", "which set of images, from 1; empty where each observer judges their own", _subset),
        SessionColumn("of_pool", "which sequence of the pool, from 1; empty where there is none", _of_pool),
        SessionColumn("language", "of the pages", lambda session: session.language),
        SessionColumn("consented_at", "UTC, ISO 8601", lambda session: session.consented_at.isoformat()),
        SessionColumn("consent_sha256", "of the text that was shown", lambda session: session.consent_sha256),
        SessionColumn("finished_at", "UTC, ISO 8601; empty if not", lambda session: _time(session, "finished_at")),
        SessionColumn("withdrawn_at", "UTC, ISO 8601; empty if not", lambda session: _time(session, "withdrawn_at")),
        SessionColumn("state", "how far the observer has come", lambda session: state_of(session.observer).value),
        SessionColumn("screened_out_by", "the check that ended the session", lambda session: session.screened_out_by),
        *(SessionColumn(f"check_{check}", _checked(check), partial(_result, check)) for check in study.checks),
        SessionColumn("rejection", "why the session was rejected", lambda session: session.rejection),
        *(SessionColumn(name, description, partial(_measured, name)) for name, description in DISPLAY.items()),
    ]
    if Check.VIEWING_DISTANCE in study.checks:
        columns += [
            SessionColumn(name, description, partial(_seated, study, field))
            for name, (field, description) in SEAT.items()
        ]
    asked = parse_questionnaire(study.questionnaire)
    questions = [
        SessionColumn(question.text, _described(question, asked), partial(_answer_to, question.text))
        for question in asked
    ]
    comments = SessionColumn("comments", "at the end, in the observer's words", lambda session: session.comments)
    return [*columns, *questions, comments]


@in_english()
def sessions_csv(study: Study) -> str:
    """Return one row for each observer who consented, as CSV (RFC 4180), in the order of invitation (two queries)."""
    columns = session_columns(study)
    sessions = Session.objects.filter(observer__study=study).select_related("observer").order_by("observer_id")
    sessions = sessions.prefetch_related("screening_results")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(escape_formula(column.name) for column in columns)
    for session in sessions:
        writer.writerow([escape_formula(str(column.value(session))) for column in columns])
    return out.getvalue()


def _checked(check: Check) -> str:
    """Return what the column of a check holds."""
    named = check.value.replace("_", " ")
    return f"the check of the {named}: passed, not passed, not measured; empty where it was not come to"


def _result(check: Check, session: Session) -> str:
    """Return what came of a check; the results are fetched with the sessions."""
    for result in session.screening_results.all():
        if result.check_key == check:
            return {True: "passed", False: "not passed", None: "not measured"}[result.passed]
    return ""


def _subset(session: Session) -> object:
    sequence: TrialSequence | None = session.observer.plan
    return "" if sequence is None or "of_pool" in sequence else sequence["subset"] + 1


def _of_pool(session: Session) -> object:
    sequence: TrialSequence | None = session.observer.plan
    return "" if sequence is None or "of_pool" not in sequence else sequence["of_pool"] + 1


def _time(session: Session, name: str) -> str:
    at = getattr(session, name)
    return "" if at is None else str(at.isoformat())


def _measured(name: str, session: Session) -> object:
    return session.display.get(name, "")


def _seated(study: Study, field: str, session: Session) -> object:
    value = getattr(seat_of(study, session), field)
    return "" if value is None else round(value, 2) if isinstance(value, float) else value


def _described(question: Question, questions: Sequence[Question]) -> str:
    """Return what a column of a question holds."""
    several = "; several choices have | between them" if question.kind is QuestionKind.CHOICES else ""
    words = "; in the observer's words" if question.kind is QuestionKind.TEXT else ""
    only_if = condition_in_english(question, questions)
    return f"a question of the study{several}{words}{f'; asked {only_if}, else empty' if only_if else ''}"


def _answer_to(question: str, session: Session) -> str:
    return next((item["answer"] for item in session.questionnaire if item["question"] == question), "")
