"""What a report says, in one number that is cheap to ask for: while it is the same, so is the report.

It counts, adds up, and takes the latest of, all that a report is made from; no answer is read one by one. What can be
changed in place is in it as it is: the study's own fields, links, names of images and attacks.
"""

import hashlib
import json
from functools import cache

from django.db.models import Count, Max, Q, Sum

from ml.models.pair_set import PairSet
from studies.models.answer import Answer
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import usable
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.place import Place
from studies.models.recruitment.turned_away import TurnedAway
from studies.models.screening.result import ScreeningResult
from studies.models.session import ENDING_MOMENTS, Session
from studies.models.study import Study
from studies.models.trial import Trial
from studies.report.versions import report_versions

TAKEN_AWAY = (AuditEvent.Action.EXPORTED, AuditEvent.Action.PERSON_EXPORTED, AuditEvent.Action.LINKS_TAKEN)
"""What is written down of those who take something away changes nothing that a report says."""
LEFT_OUT = frozenset({"protocol"})
"""Fields of a study that another stands for: the protocol has a hash."""
IMAGES = (
    *("pk", "name", "notes", "strength", "split"),
    *("attack__pk", "attack__name", "attack__kind", "attack__made_by", "attack__reference"),
    *("attack__classifier_elsewhere", "attack__target_class", "attack__classifier__name"),
    *("attack__classifier__weights_sha256", "dataset__name", "dataset__credit", "dataset__content_hash"),
    *("evaluation__pk", "evaluation__created_at", "survival__pk", "survival__created_at"),
    *("visibility__pk", "visibility__measured_at"),
)


def fingerprint_of(study: Study) -> str:
    """Return the fingerprint of a study's report, as it would be made now (nine queries)."""
    of_study = Q(study=study.pk) | Q(study__pilot_of=study.pk)
    of_sessions = Q(observer__study=study.pk) | Q(observer__study__pilot_of=study.pk)
    row = Study.objects.filter(pk=study.pk).values().get()
    shown = [study.pair_set_id, study.catch_pair_set_id, *study.further_pair_sets.values_list("pk", flat=True)]
    pair_sets = [key for key in shown if key is not None]
    events = AuditEvent.objects.filter(study_uid=study.uid).exclude(action__in=TAKEN_AWAY)
    answers = Answer.objects.filter(usable(session="trial__session"), trial__session__observer__study=study.pk)
    told = {
        "program": _program(),
        "study": {name: value for name, value in row.items() if name not in LEFT_OUT},
        "events": events.aggregate(Count("pk"), Max("pk"), Max("at")),
        "observers": Observer.objects.filter(of_study).aggregate(
            *(Count("pk"), Max("pk"), Count("detached_at"), Max("detached_at"), Count("revoked_at"), Count("open_link"))
        ),
        "groups": list(
            Observer.objects.filter(study=study.pk).order_by("group").values_list("group").annotate(Count("pk"))
        ),
        "sessions": Session.objects.filter(of_sessions).aggregate(
            *(Count("pk"), Max("pk"), Max("consented_at"), Sum("n_screened"), Count("screened_at")),
            *(Count("questionnaire_at"), Max("questionnaire_at"), Count("instructed_at"), Count("commented_at")),
            *(Count(moment) for moment in ENDING_MOMENTS),
            *(Max(moment) for moment in ENDING_MOMENTS),
        ),
        "answers": answers.aggregate(Count("pk"), Sum("rt_ms"), Max("answered_at")),
        "not shown": Trial.objects.filter(session__observer__study=study.pk, not_shown=True).count(),
        "pilot trials": Trial.objects.filter(session__observer__study__pilot_of=study.pk).aggregate(Count("served_at")),
        "screening": ScreeningResult.objects.filter(session__observer__study=study.pk).aggregate(
            Count("pk"), Max("pk"), n_passed=Count("pk", filter=Q(passed=True))
        ),
        "links": list(OpenLink.objects.filter(study=study.pk).order_by("pk").values()),
        "places": list(
            Place.objects.filter(link__study=study.pk)
            .order_by("link", "group")
            .values_list("link", "group")
            .annotate(Count("pk"), Count("observer"))
        ),
        "turned away": TurnedAway.objects.filter(link__study=study.pk).aggregate(Count("pk"), Max("pk"), Sum("count")),
        "images": list(PairSet.objects.filter(pk__in=pair_sets).order_by("pk").values_list(*IMAGES)),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def n_gone(study: Study) -> int:
    """Return how often data of people were taken away from a study: a report of before must not be kept after."""
    gone = (AuditEvent.Action.ERASED, AuditEvent.Action.WITHDREW_LATER, AuditEvent.Action.EXPIRED)
    return AuditEvent.objects.filter(study_uid=study.uid, action__in=gone).count()


@cache
def _program() -> str:
    return json.dumps(report_versions(), sort_keys=True)
