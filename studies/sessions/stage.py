"""Where a session stands, from consent to the end. It follows from what is stored, and is itself stored nowhere."""

from enum import Enum

from studies.models.session import Session
from studies.models.study import Study


class Stage(Enum):
    """The stages of a session, in their order. Consent comes before: it makes the session."""

    SCREENING = "screening"
    QUESTIONS = "questions"
    INSTRUCTIONS = "instructions"
    COMPREHENSION = "comprehension"
    TRIALS = "trials"
    COMMENTS = "comments"
    END = "end"


def stage_of(session: Session, study: Study) -> Stage:
    """Return the stage that the session is at (no query)."""
    if session.finished_at is not None and study.asks_comments and session.commented_at is None:
        return Stage.COMMENTS if session.rejected_at is None and session.returned_at is None else Stage.END
    if session.is_over:
        return Stage.END
    if session.instructed_at is not None:
        return Stage.TRIALS
    if session.n_screened < len(study.page_checks):
        return Stage.SCREENING
    if study.questionnaire.strip() and session.questionnaire_at is None:
        return Stage.QUESTIONS
    return Stage.INSTRUCTIONS if session.asked_at is None else Stage.COMPREHENSION
