"""Personal data whose time is over: found, and deleted as the study has told its observers."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from perception.core.write_queue import write_transaction
from studies import audit
from studies.data_protection.erasure import detach, erase
from studies.data_protection.lookup import IS_PERSON
from studies.data_protection.retention import deletion_day
from studies.data_protection.tally import GONE, KEPT
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import state_of
from studies.models.study import Study
from studies.models.study_state import OVER


@dataclass(frozen=True, slots=True)
class ExpiredPeople:
    """People of one study, or of one of its pilots, whose data are no longer to be kept.

    Attributes
    ----------
    study
        The study, or the pilot.
    since
        Until when they were to be kept.
    count
        How many people.
    """

    study: Study
    since: dt.datetime
    count: int


def expired_people(now: dt.datetime) -> Iterator[ExpiredPeople]:
    """Yield, study by study, whose time is over (two queries, and one for each such study)."""
    closed = Study.with_pilots.filter(state__in=OVER, kept_days__isnull=False, closed_at__isnull=False)
    for study in closed.defer("protocol").select_related("pilot_of").order_by("pk"):
        since = deletion_day(study)
        if since is not None and since <= now and (count := _people(study).count()):
            yield ExpiredPeople(study, since, count)


def delete_expired_people(*, study: Study, now: dt.datetime) -> int:
    """Erase the people of a study whose time is over, or detach them from their answers; return how many.

    Asked again, it does nothing: nobody is left then. A study that was reopened meanwhile is left alone.
    """
    with write_transaction():
        study = Study.with_pilots.select_for_update().defer("protocol").get(pk=study.pk)
        since = deletion_day(study)
        if since is None or since > now:
            return 0
        people = list(_people(study).select_related("session"))
        if not people:
            return 0
        gone: Counter[str] = Counter()
        for observer in people:
            observer.study = study
            if study.keeps_detached_answers:
                detach(observer, now)
            else:
                gone[state_of(observer).value] += 1
                erase(observer)
        details: dict[str, object] = {KEPT: len(people)} if study.keeps_detached_answers else {GONE: dict(gone)}
        audit.record(study=study, action=AuditEvent.Action.EXPIRED, by=None, details=details)
        return len(people)


def _people(study: Study) -> QuerySet[Observer]:
    return Observer.objects.filter(IS_PERSON, study=study).order_by("pk")
