"""Pages for whoever is not known: neither the observer nor, so, their language. They speak both, the browser's first.

They ask the database nothing, set no cookie, and say nothing of what was asked for. `500.html` has both languages in
it, and is rendered by Django itself: whatever is broken, it can be shown.
"""

import sys
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override
from django.views import defaults

from perception.core.monitoring.outages import is_outage
from studies.languages import LANGUAGES
from studies.observer.language import browsers_language


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What a page says."""

    title: Promise
    told: Promise


NOT_FOUND = ErrorText(
    gettext_lazy("There is nothing here"),
    gettext_lazy(
        "If you were sent a link to a study, check that it was copied whole, or ask whoever sent it for a new one."
    ),
)
EXPIRED = ErrorText(
    gettext_lazy("The form has expired"),
    gettext_lazy("Nothing was changed. Go back, reload the page, and send the form again."),
)
TOO_LARGE = ErrorText(
    gettext_lazy("This is too large"),
    gettext_lazy("What was sent is larger than any form of these pages, and was not read. Nothing was changed."),
)
UNAVAILABLE = ErrorText(
    gettext_lazy("The site cannot answer at the moment"),
    gettext_lazy(
        "Its database or its disk takes nothing now. Answers that were acknowledged are saved; what you sent last may "
        "not be. Please wait a minute, then reload the page; a study goes on at the same image."
    ),
)
RETRY_AFTER = 10
"""Seconds after which a program may ask again."""


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say, with status 404, that there is nothing at the address; the same for every address."""
    return _page(request, NOT_FOUND, status=404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say, with status 403, that a form lacks its token against forgery; `reason` is for logs alone."""
    return _page(request, EXPIRED, status=403)


def body_refused(request: HttpRequest, status: int) -> HttpResponse:
    """Say that a request carries too much (status 413), or does not say how much (411)."""
    return _page(request, TOO_LARGE, status=status)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer with status 503 where database or disk are away or full, which passes; else with 500.

    To be called while the error is handled. A browser that sends an answer sends it again after either.
    """
    if not is_outage(sys.exception()):
        return defaults.server_error(request)
    response = _page(request, UNAVAILABLE, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _page(request: HttpRequest, text: ErrorText, *, status: int) -> HttpResponse:
    first = browsers_language(request)
    codes = sorted((code for code, _ in LANGUAGES), key=lambda code: code != first)
    told = []
    for code in codes:
        with override(code):
            told.append({"language": code, "title": str(text.title), "text": str(text.told)})
    # Without the request: no context processor, and so no session, no user, no query.
    with override(first):
        response = HttpResponse(render_to_string("observer/error.html", {"told": told}), status=status)
    add_never_cache_headers(response)
    response.headers["Content-Language"] = ", ".join(codes)
    response.headers["Vary"] = "Accept-Language"
    return response
