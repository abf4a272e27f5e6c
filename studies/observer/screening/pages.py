"""The pages of the checks, and the figures that are looked at on them.

An import contract keeps the truth out of this module's reach. An address tells neither which check it is nor what is on
a figure.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET

from perception.core.picture_response import picture_response
from studies.models.screening.check import VISUAL_CHECKS, Check
from studies.models.study import Study
from studies.observer.access import Visit, observer_page, visit_of
from studies.observer.pages import read_or_send
from studies.observer.screening.shown_pages import check_page, comprehension_page, distance_page
from studies.observer.shown_pages import not_open
from studies.questionnaire import Reading
from studies.screening.figure import Figure
from studies.sessions.screening.steps import answer_check, answer_comprehension
from studies.sessions.screening.visual import due_check, shown_check
from studies.sessions.stage import Stage


@read_or_send
@observer_page
def check(visit: Visit) -> HttpResponse:
    """Show the check that is due; a POST says what was seen, or that the observer cannot do it."""
    if visit.session is None or visit.stage != Stage.SCREENING:
        return visit.to_stage()
    if visit.study.state != Study.State.OPEN:
        return not_open(visit)
    missing: frozenset[str] = frozenset()
    given: dict[str, str] = {}
    if visit.request.method == "POST":
        given = _given(visit.request)
        missing = answer_check(session=visit.session, given=given)
        if not missing:
            return visit_of(visit.request, visit.observer.token).to_stage()
    due = due_check(visit.session, visit.study)
    if due is None:
        return visit.to_stage()
    number, display = visit.session.n_screened, visit.session.display
    if due == Check.VIEWING_DISTANCE:
        return distance_page(visit, display, number=number, missing=missing, given=given)
    shown = shown_check(visit.observer, visit.study, due, display)
    return check_page(visit, shown, number=number, missing=missing, given=given)


@require_GET
def figure(request: HttpRequest, token: str, index: int) -> HttpResponse:
    """Send a figure of the check that is due; none of any other."""
    visit = visit_of(request, token)
    session = visit.session
    due = due_check(session, visit.study) if session is not None and visit.stage == Stage.SCREENING else None
    if session is None or due not in VISUAL_CHECKS or visit.study.state != Study.State.OPEN:
        raise Http404
    figures = shown_check(visit.observer, visit.study, due, session.display).figures
    if not 1 <= index <= len(figures):
        raise Http404
    return figure_response(figures[index - 1])


def figure_response(figure: Figure) -> HttpResponse:
    """Return a figure, drawn now and kept nowhere."""
    response = picture_response(figure.draw(), content_type="image/png", kept_for=0)
    del response.headers["Cache-Control"]
    add_never_cache_headers(response)
    return response


@read_or_send
@observer_page
def comprehension(visit: Visit) -> HttpResponse:
    """Ask the questions on the instructions; a POST answers them."""
    if visit.session is None or visit.stage != Stage.COMPREHENSION:
        return visit.to_stage()
    if visit.study.state != Study.State.OPEN:
        return not_open(visit)
    reading = Reading({}, {})
    given: dict[str, str] = {}
    if visit.request.method == "POST":
        given = _given(visit.request)
        reading = answer_comprehension(session=visit.session, given=given)
        if not reading.errors:
            return visit_of(visit.request, visit.observer.token).to_stage()
    return comprehension_page(visit, reading, given)


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}
