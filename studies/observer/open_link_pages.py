"""The pages of an open link: the same welcome page, for somebody who is no observer yet.

An import contract keeps the truth out of this module's reach. Nothing is stored before the consent, and the address,
which may hold a recruiter's id, stands in no page: forms are sent to where the page came from.
"""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.turned_away import TurnedAway
from studies.models.study import Study
from studies.observer.access import Visit, see_other
from studies.observer.form_data import read_start_display
from studies.observer.language import language_of
from studies.observer.pages import read_or_send
from studies.observer.return_way import way_when_full, way_when_screened_out
from studies.observer.shown_pages import (
    data_page,
    link_over_page,
    no_id_page,
    not_open,
    refused_page,
    turned_away_page,
    warning_due,
    welcome_page,
)
from studies.sessions.recruitment.arrival import (
    Arrival,
    TurnedAwayError,
    arrive,
    count_turned_away,
    new_visit,
    observer_of,
    read_arrival,
    why_turned_away,
)


def _link_page(view: Callable[[OpenLink, Visit], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Make a view of a function that takes a link and a visit: it runs in the visitor's language."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        links = OpenLink.objects.select_related("study__pair_set__dataset").defer("study__protocol")
        link = links.filter(token=token).first()
        if link is None:
            raise Http404
        # Nobody yet: in the place of an observer's token stands the link's, and addresses are the link's.
        nobody = Observer(study=link.study, token=link.token)
        visit = Visit(request, nobody, link.study, None, language_of(request, None))
        with translation.override(visit.language):
            return view(link, visit)

    return answer


@read_or_send
@_link_page
def welcome(link: OpenLink, visit: Visit) -> HttpResponse:
    """Show what the study is and what is consented to; a POST with the page's visit is the consent.

    Whoever has begun before is led to their own session, whatever has become of the link.
    """
    arrival = read_arrival(link, visit.request.GET.dict())
    known = observer_of(link, arrival)
    if known is not None:
        return see_other(_session_of(known))
    if visit.study.state != Study.State.OPEN:
        return not_open(visit)
    if link.is_over(timezone.now()):
        return link_over_page(visit)
    if arrival.problem is not None:
        return no_id_page(visit, arrival.problem)
    signed = visit.request.POST.get("visit", "")
    if visit.request.method == "POST" and signed:
        return _consent(link, visit, arrival, signed)
    reason = why_turned_away(link, arrival)
    if reason is not None:
        count_turned_away(link, arrival, reason)
        return _turned_away(link, visit, arrival, reason)
    return warning_due(visit) or welcome_page(visit, visit.study, arriving=new_visit(link), keeps_id=link.asks_id)


@require_safe
@_link_page
def data(link: OpenLink, visit: Visit) -> HttpResponse:
    """List what is stored of whoever takes part."""
    return data_page(visit, visit.study)


def _consent(link: OpenLink, visit: Visit, arrival: Arrival, signed: str) -> HttpResponse:
    display = read_start_display(visit.request.POST)
    try:
        observer = arrive(link=link, arrival=arrival, visit=signed, language=visit.language, display=display)
    except TurnedAwayError as error:
        return _turned_away(link, visit, arrival, error.reason)
    except StudyError as error:
        return refused_page(visit, str(error))
    return see_other(_session_of(observer))


def _turned_away(link: OpenLink, visit: Visit, arrival: Arrival, reason: TurnedAway.Reason) -> HttpResponse:
    is_full = reason == TurnedAway.Reason.FULL
    way = way_when_full(link, arrival) if is_full else way_when_screened_out(link, arrival)
    return turned_away_page(visit, way, is_full=is_full)


def _session_of(observer: Observer) -> str:
    return reverse("observer:welcome", args=[observer.token])
