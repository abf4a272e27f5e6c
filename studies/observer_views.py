"""The pages that observers see. An import contract keeps the truth out of this module's reach.

The addresses hold the credentials: the invitation's token opens the session from any browser, and each trial has a
token of its own. So there is no cookie and no sign-in here. A form needs no further token against forgery: whoever
could forge it would have to know its unguessable address.
"""

from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.session import Session
from studies.models.study import Study
from studies.observer_requests import read_display, read_rt_ms
from studies.sessions import Place, place_of, record_answer, start_session, stimulus_to_serve, withdraw


@never_cache
@csrf_exempt
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the study asks and what is consented to; a POST is the consent and starts the session."""
    observer = _observer(token)
    if _session_of(observer) is not None:
        return redirect("observer:trial", token)
    if observer.study.state != Study.State.OPEN:
        return _not_open(request, observer)
    if request.method == "POST":
        start_session(observer=observer)
        return _see_other(reverse("observer:trial", args=[token]))
    return render(request, "observer/welcome.html", {"observer": observer, "study": observer.study})


@never_cache
@require_safe
def trial(request: HttpRequest, token: str) -> HttpResponse:
    """Show the current trial, whichever page the browser thinks it is on; after the last one, the end."""
    observer = _observer(token)
    session = _session_of(observer)
    if session is None:
        return redirect("observer:welcome", token)
    place = place_of(session)
    if session.is_over or place.trial is None:
        return render(request, "observer/end.html", {"session": session, "study": observer.study})
    if observer.study.state != Study.State.OPEN:
        return _not_open(request, observer)
    study = observer.study
    side = place.trial.stimulus.size * study.scale
    context = {"study": study, "place": place, "side": side, "step": _step(token, place), "token": token}
    return render(request, "observer/trial.html", context)


@csrf_exempt
@never_cache
@require_POST
def answer(request: HttpRequest, token: str, trial_token: str) -> HttpResponse:
    """Store an answer and go on. A repeated or stale answer changes nothing and leads to the current trial."""
    session = _session_of(_observer(token))
    if session is None:
        return redirect("observer:welcome", token)
    try:
        stored = record_answer(
            session=session,
            trial_token=trial_token,
            response=request.POST.get("response", ""),
            rt_ms=read_rt_ms(request.POST),
            display=read_display(request.POST),
        )
    except StudyError as error:
        return _refused(request, token, str(error))
    if _wants_json(request):
        status = 200 if stored else 409
        return JsonResponse({"stored": stored, **_step(token, place_of(session))}, status=status)
    return _see_other(reverse("observer:trial", args=[token]))


@require_GET
def image(request: HttpRequest, token: str, trial_token: str) -> HttpResponse:
    """Send the image of the current trial or, to be fetched ahead, of the next: same headers, same length for all."""
    session = _session_of(_observer(token))
    stimulus = stimulus_to_serve(session=session, trial_token=trial_token) if session is not None else None
    if stimulus is None:
        raise Http404
    with default_storage.open(str(stimulus.file.name)) as file:
        data = file.read()
    response = HttpResponse(data, content_type="image/png")
    response.headers["Content-Length"] = str(len(data))
    # The browser may keep it for the trial it was fetched ahead for, and no proxy may.
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@csrf_exempt
@never_cache
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the observer wants to withdraw; a POST does it."""
    observer = _observer(token)
    session = _session_of(observer)
    if session is None or session.is_over:
        return redirect("observer:trial", token)
    if request.method == "POST":
        withdraw(session=session)
        return _see_other(reverse("observer:trial", args=[token]))
    return render(request, "observer/leave.html", {"token": token, "study": observer.study})


def _observer(token: str) -> Observer:
    try:
        return Observer.objects.select_related("study", "session").get(token=token)
    except Observer.DoesNotExist:
        raise Http404 from None


def _session_of(observer: Observer) -> Session | None:
    return getattr(observer, "session", None)


def _step(token: str, place: Place) -> dict[str, Any]:
    """Return where the browser goes from here: addresses and a count, nothing about any image."""
    if place.trial is None:
        return {"finished": True, "url": reverse("observer:trial", args=[token])}
    upcoming = place.upcoming
    return {
        "finished": False,
        "position": place.trial.position,
        "total": place.total,
        "answer_url": reverse("observer:answer", args=[token, place.trial.token]),
        "image_url": reverse("observer:image", args=[token, place.trial.token]),
        "next_image_url": reverse("observer:image", args=[token, upcoming.token]) if upcoming else "",
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _refused(request: HttpRequest, token: str, message: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"stored": False, "error": message}, status=422)
    context = {"message": message, "token": token}
    return render(request, "observer/refused.html", context, status=422)


def _not_open(request: HttpRequest, observer: Observer) -> HttpResponse:
    return render(request, "observer/not_open.html", {"study": observer.study}, status=403)


def _see_other(url: str) -> HttpResponseRedirect:
    """Redirect so that the browser fetches the next page with GET, and a reload sends nothing again (RFC 9110)."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
