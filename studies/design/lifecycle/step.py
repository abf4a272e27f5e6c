"""What every step in a study's life has in common: the lock, the table of what is possible, the reason, the log."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from studies import audit
from studies.errors import StudyError
from studies.models.study import Study
from studies.models.study_state import Reason, StudyAction, why_impossible

LONGEST_REASON = 500  # characters


def locked(study: Study) -> Study:
    """Read the study anew under a row lock, so that two researchers' clicks come one after the other."""
    return Study.with_pilots.select_for_update().select_related(None).get(pk=study.pk)


def require_possible(study: Study, action: StudyAction) -> None:
    """Refuse what cannot be done to a study where it stands.

    Raises
    ------
    StudyError
        With where the study stands, and where it could be done.
    """
    if why := why_impossible(action, title=study.title, state=study.state):
        raise StudyError(why)


def reason_given(action: StudyAction, reason: str) -> str:
    """Return the reason for an action without blanks around it; empty where none is given and none is needed.

    Raises
    ------
    StudyError
        None is given and one is needed, or it is too long.
    """
    reason = reason.strip()
    if not reason and action.reason is Reason.REQUIRED:
        raise StudyError(
            gettext("Say why the study is %(participle)s: it is written down, and readers will want to know.")
            % {"participle": action.participle}
        )
    if len(reason) > LONGEST_REASON:
        raise StudyError(
            gettext("The reason has %(n)s characters; at most %(longest_reason)s are kept.")
            % {"n": len(reason), "longest_reason": LONGEST_REASON}
        )
    return reason


def take_step(
    study: Study,
    action: StudyAction,
    *,
    by: User,
    reason: str = "",
    details: Mapping[str, object] | None = None,
    fields: Mapping[str, object] | None = None,
) -> Study:
    """Bring a locked study to the state that an action leads to, set further fields, and write it down.

    To be called in a transaction that has locked the study and found the action possible.
    """
    given = reason_given(action, reason)
    changed = {**(fields or {}), **({"state": action.leads_to} if action.leads_to is not None else {})}
    for name, value in changed.items():
        setattr(study, name, value)
    if changed:
        study.save(update_fields=list(changed))
    said = {**(details or {}), **({"reason": given} if given else {})}
    audit.record(study=study, action=action.event, by=by, details=said)
    return study


def simple_step(study: Study, action: StudyAction, *, by: User, reason: str) -> Study:
    """Do what needs no more than a new state."""
    with transaction.atomic():
        study = locked(study)
        require_possible(study, action)
        return take_step(study, action, by=by, reason=reason)
