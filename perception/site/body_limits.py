"""How much a request may carry, by its address and by whether its sender is signed in; more is refused unread.

Django reads a form, and puts the files in it on the disk, before a view can ask who sends it: whoever checks forms
against forgery has to read them. So the size is judged before anything reads: it stands in the request's
`Content-Length`, past which neither gunicorn nor Django reads. A body without one, sent in chunks, would be read as
empty; it is refused.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string


class BodyLimitMiddleware:
    """Refuse a request whose body is too large for its address and its sender; stands before whatever reads one.

    The settings say how much. `BODY_LIMIT_OF_ADDRESS` holds pairs of a pattern and the bytes that anybody may send to
    an address that begins so; the first pair that fits counts. Elsewhere it is `BODY_LIMIT_ANONYMOUS` and
    `BODY_LIMIT_SIGNED_IN`. `BODY_REFUSED_VIEW` is the path of the view that says so; it takes the request and the
    status.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or refuse it with status 411 (no length) or 413 (too large)."""
        status = _refusal(request)
        if status is None:
            return self.get_response(request)
        refuse: Callable[[HttpRequest, int], HttpResponse] = import_string(settings.BODY_REFUSED_VIEW)
        return refuse(request, status)


def _refusal(request: HttpRequest) -> int | None:
    """Return the status to refuse a request with; None where it may go on."""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return 411
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 411
    return 413 if length > _limit(request, length) else None


def _limit(request: HttpRequest, length: int) -> int:
    """Return how many bytes the request may carry; who sends it is asked only where that matters."""
    for pattern, limit in settings.BODY_LIMIT_OF_ADDRESS:
        if re.match(pattern, request.path_info):
            return int(limit)
    if length > settings.BODY_LIMIT_ANONYMOUS and request.user.is_authenticated:
        return int(settings.BODY_LIMIT_SIGNED_IN)
    return int(settings.BODY_LIMIT_ANONYMOUS)
