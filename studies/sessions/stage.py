"""Where a session stands, from consent to the end. It follows from what is stored, and is itself stored nowhere."""

from enum import Enum

from studies.models.observer import Observer
from studies.models.session import Session
from studies.models.study import Study


class Stage(Enum):
    """The stages of a session, in their order. Consent comes before: it makes the session."""

    QUESTIONS = "questions"
    INSTRUCTIONS = "instructions"
    TRIALS = "trials"
    COMMENTS = "comments"
    END = "end"


def stage_of(session: Session, study: Study) -> Stage:
    """Return the stage that the session is at (no query)."""
    if session.withdrawn_at is not None:
        return Stage.END
    if session.finished_at is not None:
        return Stage.COMMENTS if study.asks_comments and session.commented_at is None else Stage.END
    if session.instructed_at is not None:
        return Stage.TRIALS
    if study.questionnaire.strip() and session.questionnaire_at is None:
        return Stage.QUESTIONS
    return Stage.INSTRUCTIONS


def how_far(observer: Observer) -> str:
    """Return how far somebody came: `invited`, `in progress`, `finished` or `withdrew`.

    No query, if the observer was read with their session.
    """
    session: Session | None = getattr(observer, "session", None)
    if session is None:
        return "invited"
    if session.withdrawn_at is not None:
        return "withdrew"
    return "finished" if session.finished_at is not None else "in progress"
