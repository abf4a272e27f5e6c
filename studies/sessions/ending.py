"""How a session ends, finished, withdrawn or screened out, and the study with the last of them."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from perception.core.write_queue import write_transaction
from studies import audit
from studies.models.answer import Answer
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.screening.check import Check
from studies.models.session import FULL, Session
from studies.models.study import Study
from studies.sessions.read_anew.rows import locked_session, locked_study, session_now
from studies.sessions.recruitment.places import leave_place, places_are_left
from studies.sessions.signals import session_finished


def withdraw(*, session: Session) -> None:
    """End the session at the observer's wish and delete what the observer said. Nothing changes if it is over."""
    with write_transaction():
        lock_study_that_may_close(session)
        session = locked_session(session.pk)
        if session.is_over:
            return
        Answer.objects.filter(trial__session=session).delete()
        session.questionnaire = []
        session.display = {}
        session.screening_results.all().delete()
        if session.observer.study.tells_groups_by_question:
            Observer.objects.filter(pk=session.observer_id).update(group="")
        session.withdrawn_at = timezone.now()
        session.save(update_fields=["questionnaire", "display", "withdrawn_at"])
        leave_place(session.observer)
        close_if_all_are_done(session.observer.study)


def screen_out(*, session: Session, check: Check) -> None:
    """End a session at a check that was not passed, and free its place. To be called in a transaction."""
    _screen_out(session, check.value)


def end_for_want_of_a_place(session: Session) -> None:
    """End a session whose observer belongs to a group that has no place left. To be called in a transaction."""
    _screen_out(session, FULL)


def _screen_out(session: Session, by: str) -> None:
    session.screened_out_at = timezone.now()
    session.screened_out_by = by
    session.save(update_fields=["screened_out_at", "screened_out_by"])
    leave_place(session.observer)
    close_if_all_are_done(session.observer.study)


def finish(session: Session, now: datetime) -> None:
    """End a session whose last trial was answered; the caller's transaction holds the answer too."""
    # Read anew: the one that was given may be kept, and must stay as it is if this transaction fails.
    session = session_now(session.pk)
    session.finished_at = now
    session.save(update_fields=["finished_at"])
    session_finished.send(sender=Session, session=session)
    close_if_all_are_done(session.observer.study)


def lock_study_that_may_close(session: Session) -> None:
    """Hold the row of a study that closes with its last session, or whose places are taken by groups.

    To be called in a transaction that may end the session, before it holds the session's row. Whoever looks after a
    study takes its row first, too: else each could wait for what the other holds.
    """
    studies = Study.with_pilots.filter(Q(closes_when_finished=True) | ~Q(group_question=""), observers__session=session)
    list(studies.select_for_update(of=("self",)).order_by().values_list("pk"))


def close_if_all_are_done(study: Study) -> None:
    """Close an open study that wants it when nobody has anything left to do, and no open link has a place left.

    Nobody waits for whoever did not begin by their deadline. To be called in a transaction, after
    `lock_study_that_may_close`.
    """
    if not study.closes_when_finished:
        return
    study = locked_study(study.pk)
    if study.state != Study.State.OPEN:
        return
    can_begin = in_state(ObserverState.INVITED) & (Q(deadline__isnull=True) | Q(deadline__gt=timezone.now()))
    waiting = can_begin | in_state(ObserverState.STARTED)
    if Observer.objects.filter(waiting, study=study).exists() or places_are_left(study):
        return
    study.state = Study.State.CLOSED
    study.closed_at = timezone.now()
    study.save(update_fields=["state", "closed_at"])
    audit.record(
        study=study,
        action=AuditEvent.Action.CLOSED,
        by=None,
        details={"because": "every invited observer is done"},
    )
