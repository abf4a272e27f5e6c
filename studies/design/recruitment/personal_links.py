"""Personal links that are there: revoked, replaced, and given a deadline.

A link of somebody who came by an open link is not touched: it is their session's address, which nobody sent them.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from perception.core.write_queue import write_transaction
from studies import audit
from studies.design.invitations import check_deadline
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, state_of
from studies.models.study import Study
from studies.models.study_state import INVITE, why_impossible
from studies.sessions.ending import close_if_all_are_done
from studies.tokens import new_token


@dataclass(frozen=True, slots=True)
class ChangedLinks:
    """What came of a list of observers.

    Attributes
    ----------
    changed
        Whose link was changed, with the link that they have now.
    unchanged
        Labels of those whose link was left as it is, as they are too far on.
    """

    changed: tuple[Observer, ...]
    unchanged: tuple[str, ...]


def people_with_links(study: Study) -> QuerySet[Observer]:
    """Return those of a study who have a personal link, with their session, in the order of invitation."""
    people = Observer.objects.filter(study=study, open_link__isnull=True, is_simulated=False, detached_at__isnull=True)
    return people.select_related("session").defer("plan").order_by("pk")


def people_labelled(study: Study, labels: Sequence[str]) -> list[Observer]:
    """Return those of a study who have a personal link and one of these labels.

    Raises
    ------
    StudyError
        Somebody has no such label, or came by an open link.
    """
    named = list(dict.fromkeys(" ".join(label.split()) for label in labels))
    found = {observer.label: observer for observer in people_with_links(study).filter(label__in=named)}
    if missing := [label for label in named if label not in found]:
        raise StudyError(
            gettext("Nobody in this study has a personal link and this label: %(labels)s.")
            % {"labels": ", ".join(missing)}
        )
    return list(found.values())


def revoke_links(*, study: Study, observers: Sequence[Observer], by: User) -> ChangedLinks:
    """Let those who have not begun never begin: what was drawn for them goes to whoever is invited next.

    Whoever has begun keeps link and session: their answers are there, and to take the link away would lose them what
    they were promised, to go on, to read what is stored and to withdraw. Nobody waits for those whose link is revoked:
    if they were the last, and somebody has taken part, a study that closes by itself closes.

    Raises
    ------
    StudyError
        The study is over, or nobody was named.
    """
    now = timezone.now()

    def revoke(observer: Observer) -> bool:
        if state_of(observer) != ObserverState.INVITED:
            return False
        observer.revoked_at = now
        return True

    with write_transaction():
        result = _change(study, observers, revoke, "revoked_at", AuditEvent.Action.LINKS_REVOKED, by=by)
        if result.changed and Observer.objects.filter(study=study, session__isnull=False).exists():
            close_if_all_are_done(study)
    return result


def replace_links(*, study: Study, observers: Sequence[Observer], by: User) -> ChangedLinks:
    """Give observers new links; by their old ones nobody comes anywhere. Sessions, answers and deadlines stay.

    A link that was revoked stays so.

    Raises
    ------
    StudyError
        The study is over, or nobody was named.
    """

    def replace(observer: Observer) -> bool:
        if observer.revoked_at is not None:
            return False
        observer.token = new_token()
        return True

    with write_transaction():
        return _change(study, observers, replace, "token", AuditEvent.Action.LINKS_REPLACED, by=by)


def set_deadline(
    *, study: Study, observers: Sequence[Observer], deadline: dt.datetime | None, by: User
) -> ChangedLinks:
    """Set until when those who have not begun can begin; None: as long as the study is open.

    Raises
    ------
    StudyError
        The study is over, nobody was named, or the deadline lies in the past.
    """
    check_deadline(deadline)

    def set_it(observer: Observer) -> bool:
        if state_of(observer) != ObserverState.INVITED:
            return False
        observer.deadline = deadline
        return True

    details = {"deadline": deadline.isoformat() if deadline else None}
    with write_transaction():
        return _change(study, observers, set_it, "deadline", AuditEvent.Action.DEADLINE_SET, by=by, details=details)


def _change(
    study: Study,
    observers: Sequence[Observer],
    change: Callable[[Observer], bool],
    field: str,
    action: AuditEvent.Action,
    *,
    by: User,
    details: Mapping[str, object] | None = None,
) -> ChangedLinks:
    """Change a field of those of whom `change` says so, and write it down. In a transaction of the caller."""
    if not observers:
        raise StudyError(gettext("Name at least one observer."))
    # The study's row first, as whoever begins a session takes it: nobody begins while this happens.
    study = Study.with_pilots.select_for_update().defer("protocol").get(pk=study.pk)
    if why := why_impossible(INVITE, title=study.title, state=study.state):
        raise StudyError(why)
    asked = {observer.pk for observer in observers}
    people = [observer for observer in people_with_links(study) if observer.pk in asked]
    changed = [observer for observer in people if change(observer)]
    Observer.objects.bulk_update(changed, [field], batch_size=500)
    if changed:
        told: dict[str, object] = {"observers": [observer.label for observer in changed], **(details or {})}
        audit.record(study=study, action=action, by=by, details=told)
    left = {observer.pk for observer in people} - {observer.pk for observer in changed}
    return ChangedLinks(tuple(changed), tuple(observer.label for observer in people if observer.pk in left))
