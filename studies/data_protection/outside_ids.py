"""Recruiters' ids whose time is over: found, and deleted before all else that tells who somebody is."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from perception.core.write_queue import write_transaction
from studies import audit
from studies.models.audit_event import AuditEvent
from studies.models.recruitment.outside_id import OutsideId
from studies.models.recruitment.turned_away import DIGEST_LENGTH, TurnedAway
from studies.models.study import Study
from studies.models.study_state import OVER


@dataclass(frozen=True, slots=True)
class ExpiredOutsideIds:
    """Ids of one study, or of one of its pilots, that are no longer to be kept: until when they were, and how many."""

    study: Study
    since: dt.datetime
    count: int


def outside_ids_deletion_day(study: Study) -> dt.datetime | None:
    """Return the moment from which a study's outside ids are no longer kept; None as long as it is not closed."""
    if study.state not in OVER or study.closed_at is None:
        return None
    return study.closed_at + dt.timedelta(days=study.outside_ids_kept_days)


def expired_outside_ids(now: dt.datetime) -> Iterator[ExpiredOutsideIds]:
    """Yield, study by study, whose ids' time is over."""
    recognisable = Q(pk__in=OutsideId.objects.values("study")) | Q(pk__in=_recognisable().values("link__study"))
    closed = Study.with_pilots.filter(recognisable, state__in=OVER)
    for study in closed.defer("protocol").order_by("pk"):
        since = outside_ids_deletion_day(study)
        if since is not None and since <= now:
            yield ExpiredOutsideIds(study, since, OutsideId.objects.filter(study=study).count())


def delete_expired_outside_ids(*, study: Study, now: dt.datetime) -> int:
    """Delete the ids of a study whose time is over, and what recognises whoever was turned away; return how many ids.

    Whoever was turned away stays counted. Asked again, or of a study that was reopened meanwhile, it does nothing.
    """
    with write_transaction():
        study = Study.with_pilots.select_for_update().defer("protocol").get(pk=study.pk)
        since = outside_ids_deletion_day(study)
        if since is None or since > now:
            return 0
        count, _ = OutsideId.objects.filter(study=study).delete()
        for turned_away in _recognisable().filter(link__study=study):
            # A number in the place of the digest: nobody can be recognised by it.
            TurnedAway.objects.filter(pk=turned_away.pk).update(digest=str(turned_away.pk))
        if count:
            audit.record(study=study, action=AuditEvent.Action.IDS_DELETED, by=None, details={"ids": count})
        return count


def _recognisable() -> QuerySet[TurnedAway]:
    """Return those turned away who would be counted once if they came again: their digest is there."""
    return TurnedAway.objects.annotate(length=Length("digest")).filter(length=DIGEST_LENGTH)
