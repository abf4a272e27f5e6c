"""Who looks at results, and when: early, which unblinds the study, or later, which bears on reopening it."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from studies import audit
from studies.design.lifecycle.step import locked, require_possible, take_step
from studies.models.audit_event import AuditEvent
from studies.models.study import Study
from studies.models.study_state import OVER, UNBLIND


def unblind_study(*, study: Study, by: User, reason: str) -> Study:
    """Let results of a study that is not closed be seen. It is written down, and the report says so ever after."""
    with transaction.atomic():
        study = locked(study)
        require_possible(study, UNBLIND)
        fields = {} if study.unblinded_at else {"unblinded_at": timezone.now()}
        return take_step(study, UNBLIND, by=by, reason=reason, fields=fields)


def note_results_seen(*, study: Study, by: User | None) -> None:
    """Write down that the results of a study that is over are about to be seen; the first time counts.

    Whoever shows results calls it before: reopening a study depends on it. Of a study that runs, unblinding says it.
    """
    if study.state not in OVER or study.results_seen_at is not None:
        return
    with transaction.atomic():
        found = locked(study)
        if found.state in OVER and found.results_seen_at is None:
            found.results_seen_at = timezone.now()
            found.save(update_fields=["results_seen_at"])
            audit.record(study=found, action=AuditEvent.Action.RESULTS_SEEN, by=by)
    study.results_seen_at = found.results_seen_at
