"""Sessions that were left behind for longer than their study allows: they end, and their places go to others.

Sessions by personal links are not touched: nobody waits for their places.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from perception.core.write_queue import write_transaction
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.session import Session
from studies.models.study import Study
from studies.models.study_state import StudyState
from studies.sessions.ending import close_if_all_are_done
from studies.sessions.recruitment.last_seen import last_seen
from studies.sessions.recruitment.places import leave_place


def abandoned_sessions(study: Study, now: dt.datetime) -> QuerySet[Session]:
    """Return the sessions that nothing was heard of for longer than the study allows; none where it sets no limit.

    After a pause, or a closing that was taken back, everybody has the whole time again.
    """
    minutes = study.abandoned_after_minutes
    if minutes is None:
        return Session.objects.none()
    limit = now - dt.timedelta(minutes=minutes)
    if _went_on_since(study, limit):
        return Session.objects.none()
    begun = Observer.objects.filter(in_state(ObserverState.STARTED), study=study, open_link__isnull=False)
    return Session.objects.filter(observer__in=begun).annotate(last_seen_at=last_seen()).filter(last_seen_at__lt=limit)


def _went_on_since(study: Study, moment: dt.datetime) -> bool:
    """Tell whether a study was paused or closed, and has gone on since a moment (one query)."""
    about = study if study.pilot_of is None else study.pilot_of
    went_on = AuditEvent.objects.filter(
        study_uid=about.uid, action__in=(AuditEvent.Action.RESUMED, AuditEvent.Action.REOPENED), at__gte=moment
    )
    return any(bool(event.details.get("pilot")) == study.is_pilot for event in went_on)


def release_abandoned(study: Study, now: dt.datetime) -> int:
    """End the sessions that were left behind, and free their places; return how many.

    To be called in a transaction that holds the study's row. While the study pauses nobody can go on, and nobody is
    late.
    """
    if study.state != StudyState.OPEN:
        return 0
    late = list(abandoned_sessions(study, now).values_list("pk", flat=True))
    released = 0
    # Whoever is at work on a session just now may wait for the study's row: their session is no abandoned one.
    locked = Session.objects.select_for_update(of=("self",), skip_locked=True)
    for session in locked.filter(pk__in=late).select_related("observer"):
        # Asked again under the lock: an answer may have come meanwhile.
        if not abandoned_sessions(study, now).filter(pk=session.pk).exists():
            continue
        session.timed_out_at = now
        session.save(update_fields=["timed_out_at"])
        leave_place(session.observer)
        released += 1
    return released


def release_abandoned_everywhere(now: dt.datetime) -> int:
    """End the sessions that were left behind in all open studies; return how many.

    A study that closes when everybody is done does so here too: a deadline may have passed without anybody at work.
    """
    with_links = Q(open_links__isnull=False, observers__isnull=False)
    # Of a study that invites by name alone: only if somebody has taken part, or it would close on whoever prepares it.
    late = Q(observers__deadline__lte=now) & Exists(Session.objects.filter(observer__study=OuterRef("pk")))
    waiting = Study.with_pilots.filter(with_links | late, state=StudyState.OPEN)
    released = 0
    for pk in waiting.distinct().values_list("pk", flat=True):
        with write_transaction():
            study = Study.with_pilots.select_for_update().defer("protocol").get(pk=pk)
            released += release_abandoned(study, now)
            close_if_all_are_done(study)
    return released
