"""The page that shows how a study runs, and the part of it that is asked for again and again."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from studies.design.progress import count_by_state
from studies.design.recruitment.counts import Recruitment
from studies.design.watching.outlook import LEAST_FINISHED, outlook
from studies.design.watching.sessions import count_stuck, stuck_minutes
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import ENDED_EARLY, ObserverState
from studies.models.recruitment.turned_away import TurnedAway
from studies.models.study import Study
from studies.permissions import Permission, permissions_of
from studies.researcher.access import own_study, researcher
from studies.researcher.watching.table import WatchedFilter, watched_table
from studies.sessions.stimulus_check import unfit_events


@login_required
@require_safe
def study_live(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a study runs."""
    return _show(request, own_study(request, pk), "researcher/watching/page.html")


@login_required
@require_safe
def study_live_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the part of the page that changes, for an address of the page."""
    return _show(request, own_study(request, pk), "researcher/watching/now.html")


def _show(request: HttpRequest, study: Study, template: str) -> HttpResponse:
    now = timezone.now()
    recruitment = Recruitment.of(study)
    states = count_by_state(Observer.objects.filter(study=study, is_simulated=False))
    chosen = WatchedFilter(request.GET)
    tells_results = Permission.SEE_RESULTS in permissions_of(researcher(request), study)
    context = {
        "study": study,
        "now": now,
        "filter": chosen,
        "table": watched_table(study, request.GET, chosen, now=now, tells_results=tells_results),
        "outlook": outlook(study, wanted=recruitment.wanted(now), now=now),
        "least_finished": LEAST_FINISHED,
        "invited": states[ObserverState.INVITED],
        "started": states[ObserverState.STARTED],
        "ended": [(state, states[state]) for state in ObserverState if state in ENDED_EARLY and states[state]],
        "stuck": count_stuck(study, now),
        "stuck_minutes": stuck_minutes(study),
        "unfit": unfit_events(study, AuditEvent.objects.filter(study_uid=study.uid, action=AuditEvent.Action.UNFIT)),
        "links": [(line, recruitment.away(line.link.pk) if line.link else {}) for line in recruitment.by_link],
        "groups": recruitment.by_group if study.group_names else (),
        "turned_away": [
            (TurnedAway.Reason(reason).label, n) for reason, n in sorted(recruitment.n_turned_away.items())
        ],
    }
    return render(request, template, context)
