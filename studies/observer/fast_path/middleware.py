"""Which requests take the fast path: those of a trial, of a browser that sends what the study's pages send."""

import re
from collections.abc import Callable, Sequence
from functools import cache

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, MiddlewareNotUsed, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, UnreadablePostError
from django.urls import ResolverMatch, resolve

from studies.observer.fast_path.answer import answer
from studies.observer.fast_path.image import image
from studies.observer.form_data import wants_json

ADDRESS = re.compile(r"/o/([^/]+)/(image|trial)/([^/]+)/\Z")
FORMS = ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded;charset=UTF-8")
"""What browsers call a form, those that say in which encoding it is and those that do not."""
LENGTH = re.compile(r"[0-9]{1,9}")
MOST_BYTES = 4096
"""Of an answer that a study's page sends; more is not looked at here."""


PASSED_BY = {
    "django.contrib.sessions.middleware.SessionMiddleware",
    "perception.accounts.sign_ins.LastSeenMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "perception.site.body_limits.BodyLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
}
"""What does nothing for a request of a trial that `FastPathMiddleware` does not do itself."""


class FastPathMiddleware:
    """Answer what `image` and `answer` can, and leave all else to the next handler.

    It stands behind what decorates every response, and before what looks who is signed in. With any middleware behind
    it that it does not know it is not used: what that one is for would not be done.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler in the chain.

        Raises
        ------
        MiddlewareNotUsed
            Something unknown stands behind.
        """
        if unknown := _behind(settings.MIDDLEWARE) - PASSED_BY:
            raise MiddlewareNotUsed(f"what stands behind the fast path is not known to it: {sorted(unknown)}")
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = _respond(request)
        if response is None:
            return self.get_response(request)
        # What the middleware behind this one adds to a response of the observers' pages.
        response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def _behind(middleware: Sequence[str]) -> set[str]:
    own = f"{FastPathMiddleware.__module__}.{FastPathMiddleware.__qualname__}"
    return set(middleware[middleware.index(own) + 1 :])


def _respond(request: HttpRequest) -> HttpResponse | None:
    address = ADDRESS.match(request.path_info)
    if address is None or not _is_plain(request):
        return None
    token, kind, trial_token = address.groups()
    if kind == "image":
        response = image(token, trial_token) if request.method == "GET" else None
    else:
        said = _form(request)
        response = None if said is None else answer(said, token, trial_token, wants_json=wants_json(request))
    if response is not None:
        # Whoever counts requests asks which view it was.
        view = _view(kind)
        found = {"token": token, "trial_token": trial_token}
        request.resolver_match = ResolverMatch(
            view.func, (), found, view.url_name, [*view.app_names], [*view.namespaces], view.route
        )
    return response


@cache
def _view(kind: str) -> ResolverMatch:
    """Return what Django finds at an address of this kind."""
    return resolve(f"/o/token/{kind}/trial/")


def _is_plain(request: HttpRequest) -> bool:
    """Whether a request has nothing that the middleware behind this one would look at."""
    if request.META.get("HTTP_COOKIE") or "HTTP_TRANSFER_ENCODING" in request.META:
        return False
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _form(request: HttpRequest) -> QueryDict | None:
    """Return the form of an answer, if it is short enough to be read unseen."""
    sent = request.META
    if (
        request.method != "POST"
        or sent.get("CONTENT_TYPE") not in FORMS
        or not LENGTH.fullmatch(sent.get("CONTENT_LENGTH", ""))
        or int(sent["CONTENT_LENGTH"]) > MOST_BYTES
    ):
        return None
    try:
        return request.POST
    except (BadRequest, SuspiciousOperation, UnreadablePostError):
        return None
