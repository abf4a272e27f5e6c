"""Writing down who did what: called in the transaction of the deed, so that neither stands without the other."""

from collections.abc import Mapping

from django.contrib.auth.models import User

from studies.models.audit_event import AuditEvent
from studies.models.study import Study
from studies.permissions import PERMISSION_OF_ACTION, require

THE_PROGRAM = "(the program)"


def record(
    *, study: Study, action: AuditEvent.Action, by: User | None, details: Mapping[str, object] | None = None
) -> AuditEvent:
    """Write one audit event; `by=None` is the program acting by itself. What a pilot meets is told of its study.

    Raises
    ------
    NotPermittedError
        `by` may not do it. The transaction of the deed ends with it, whatever page or command it came from.
    """
    about = study if study.pilot_of is None else study.pilot_of
    if by is not None:
        require(by, about, PERMISSION_OF_ACTION[action])
    return AuditEvent.objects.create(
        study_uid=about.uid,
        study_title=about.title,
        action=action,
        by=by.get_username() if by is not None else THE_PROGRAM,
        details={**(details or {}), **({"pilot": True} if study.is_pilot else {})},
    )


def events_of(study: Study) -> list[AuditEvent]:
    """Return what was done to a study, oldest first (one query)."""
    return list(AuditEvent.objects.filter(study_uid=study.uid))
