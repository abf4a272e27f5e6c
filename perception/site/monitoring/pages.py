"""Three addresses for programs that watch the site: is this process well, is the site ready, and its measurements."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from perception.site.monitoring.checks import health_problems, readiness_problems
from perception.site.monitoring.measurements import measurements_text


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer `ok`, or status 503 with what is wrong: the database does not answer, or nothing can be written."""
    return _told(health_problems())


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer `ok`, or status 503 with a line for each thing that is wrong with the site, no worker among them."""
    return _told(readiness_problems())


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the measurements in Prometheus' text format, to whoever has the token of the settings.

    Raises
    ------
    Http404
        No token is set, or another one was sent: that there is such an address is not told.
    """
    sent = request.headers.get("Authorization", "")
    token = settings.METRICS_TOKEN
    if not token or not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        raise Http404
    text, content_type = measurements_text()
    return HttpResponse(text, content_type=content_type)


def _told(problems: list[str]) -> HttpResponse:
    return HttpResponse("\n".join(problems) or "ok", status=503 if problems else 200, content_type="text/plain")
