"""Who may be told what the study was about: it may give the hypothesis away, so nobody who has answers left to give."""

from studies.models.session import Session
from studies.models.study import Study
from studies.sessions.stage import Stage, stage_of


def is_debriefed(session: Session, study: Study) -> bool:
    """Tell whether a session has ended in a way after which its observer is debriefed.

    That is after the last stored answer and, where the study says so, after a withdrawal; comments come before it.
    """
    if stage_of(session, study) != Stage.END:
        return False
    if session.withdrawn_at is not None:
        return study.debriefs_withdrawn
    return session.finished_at is not None
