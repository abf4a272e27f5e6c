"""What a researcher says of a session: it is rejected, for a reason of a list, or was given back to the recruiter.

Either frees the place and keeps the answers, which are not analysed. Neither is possible once results were seen:
whoever knows them could leave out the sessions that stand against them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext

from perception.core.write_queue import write_transaction
from studies import audit
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import ENDED_EARLY, WITHOUT_SESSION, ObserverState, state_of
from studies.models.recruitment.outside_id import OutsideId
from studies.models.session import Rejection, Session
from studies.models.study import Study
from studies.models.study_state import OVER
from studies.sessions.recruitment.places import leave_place


@dataclass(frozen=True, slots=True)
class MarkedSessions:
    """What came of a list of people.

    Attributes
    ----------
    marked
        Labels of those whose session was marked.
    unknown
        Entries of the list that are neither a label nor an id of the study.
    already
        Labels of those whose session had ended early before, or who never began.
    """

    marked: tuple[str, ...]
    unknown: tuple[str, ...]
    already: tuple[str, ...]


def reject_sessions(*, study: Study, people: Sequence[str], reason: str, by: User) -> MarkedSessions:
    """Reject the sessions of people, who are named by label or by their id at the recruiter.

    Parameters
    ----------
    reason
        A value of `Rejection`.

    Raises
    ------
    StudyError
        The reason is none of the list, nobody is named, or results of the study were seen.
    """
    if reason not in Rejection.values:
        raise StudyError(
            gettext("Say why, as one of these: %(reasons)s.") % {"reasons": ", ".join(map(str, Rejection.labels))}
        )
    return _mark(study, people, by, ObserverState.REJECTED, reason)


def return_sessions(*, study: Study, people: Sequence[str], by: User) -> MarkedSessions:
    """Mark the sessions of people as given back to the recruiter.

    Raises
    ------
    StudyError
        Nobody is named, or results of the study were seen.
    """
    return _mark(study, people, by, ObserverState.RETURNED, "")


def _mark(study: Study, people: Sequence[str], by: User, state: ObserverState, reason: str) -> MarkedSessions:
    named = list(dict.fromkeys(entry.strip() for entry in people if entry.strip()))
    if not named:
        raise StudyError(gettext("Name at least one person, by label or by their id at the recruiter."))
    with write_transaction():
        study = Study.with_pilots.select_for_update().defer("protocol").get(pk=study.pk)
        if study.results_were_seen or study.state in OVER:
            raise StudyError(
                gettext(
                    "Sessions can be marked only while the study runs and nobody has seen its results: whoever knows "
                    "them could leave out the sessions that stand against them. Leave observers out by a rule of the "
                    "protocol instead."
                )
            )
        found = _find(study, named)
        _lock_sessions(found)
        marked, already = [], []
        for observer in found.values():
            if state_of(observer) in ENDED_EARLY | WITHOUT_SESSION:
                already.append(observer.label)
                continue
            _end(observer.session, state, reason)
            leave_place(observer)
            marked.append(observer.label)
        if marked:
            action = AuditEvent.Action.REJECTED if state == ObserverState.REJECTED else AuditEvent.Action.RETURNED
            details: dict[str, object] = {"observers": marked} | ({"because": reason} if reason else {})
            audit.record(study=study, action=action, by=by, details=details)
    unknown = tuple(entry for entry in named if entry not in found)
    return MarkedSessions(tuple(marked), unknown, tuple(already))


def _find(study: Study, named: Sequence[str]) -> dict[str, Observer]:
    """Return who is meant, by what they are called in the list; a label goes before an id."""
    people = Observer.objects.filter(study=study, is_simulated=False, detached_at__isnull=True)
    found = {observer.label: observer for observer in people.filter(label__in=named).select_related("session")}
    ids = OutsideId.objects.filter(study=study, value__in=[entry for entry in named if entry not in found])
    for outside in ids.select_related("observer__session"):
        found[outside.value] = outside.observer
    return {entry: found[entry] for entry in named if entry in found}


def _lock_sessions(found: Mapping[str, Observer]) -> None:
    """Read the sessions anew under the locks of their rows, in the order in which answers take them."""
    observers = {observer.pk: observer for observer in found.values()}
    for session in Session.objects.select_for_update().filter(observer__in=observers).order_by("pk"):
        observers[session.observer_id].session = session


def _end(session: Session, state: ObserverState, reason: str) -> None:
    now = timezone.now()
    if state == ObserverState.REJECTED:
        session.rejected_at, session.rejection = now, reason
        session.save(update_fields=["rejected_at", "rejection"])
    else:
        session.returned_at = now
        session.save(update_fields=["returned_at"])
