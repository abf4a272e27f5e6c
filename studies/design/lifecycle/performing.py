"""One door to all that is done to a study by saying yes: the pages and the command go through it."""

from collections.abc import Callable

from django.contrib.auth.models import User

from studies.design.lifecycle.archiving import archive_study, restore_study
from studies.design.lifecycle.drafts import delete_study
from studies.design.lifecycle.opening import open_study
from studies.design.lifecycle.pilot import end_pilot, start_pilot
from studies.design.lifecycle.results import unblind_study
from studies.design.lifecycle.running import close_study, pause_study, reopen_study, resume_study, why_not_reopened
from studies.models.study import Study
from studies.models.study_state import (
    ARCHIVE,
    CLOSE,
    DELETE,
    END_PILOT,
    OPEN,
    PAUSE,
    PILOT,
    REOPEN,
    RESTORE,
    RESUME,
    UNBLIND,
    StudyAction,
    why_impossible,
)

_WITH_REASON: dict[str, Callable[..., Study]] = {
    OPEN.name: open_study,
    PAUSE.name: pause_study,
    RESUME.name: resume_study,
    UNBLIND.name: unblind_study,
    CLOSE.name: close_study,
    ARCHIVE.name: archive_study,
    RESTORE.name: restore_study,
}
_WITHOUT_REASON: dict[str, Callable[..., Study | None]] = {
    PILOT.name: start_pilot,
    END_PILOT.name: end_pilot,
    DELETE.name: delete_study,
}


def perform(
    action: StudyAction, *, study: Study, by: User, reason: str = "", although_seen: bool = False
) -> Study | None:
    """Do something to a study, and return it as it is then; None where it was deleted.

    Parameters
    ----------
    reason
        Why; for actions that ask for it.
    although_seen
        To reopen a study although its results have been seen; other actions do not look at it.

    Raises
    ------
    StudyError, ValidationError
        It cannot be done; the message says why.
    """
    if action == REOPEN:
        return reopen_study(study=study, by=by, reason=reason, although_seen=although_seen)
    if action.name in _WITH_REASON:
        return _WITH_REASON[action.name](study=study, by=by, reason=reason)
    return _WITHOUT_REASON[action.name](study=study, by=by)


def why_not_now(study: Study, action: StudyAction) -> str:
    """Return why an action is not even to be offered for a study as it is; nothing where it is."""
    if why := why_impossible(action, title=study.title, state=study.state):
        return why
    return why_not_reopened(study) if action == REOPEN else ""
