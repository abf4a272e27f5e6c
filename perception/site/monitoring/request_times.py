"""How long requests take, by the name of the view and the status: no address, no visitor."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Histogram

REQUEST_SECONDS = Histogram(
    "perception_request_seconds",
    "Seconds from a request's arrival in the application to its response.",
    ("view", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
UNKNOWN = "none"
"""The view of an address that there is none for: what was asked for is not kept."""


class RequestTimesMiddleware:
    """Note how long each request took; the first in the line, so that it sees all of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, and note the time."""
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name if match else None) or UNKNOWN
        REQUEST_SECONDS.labels(view, str(response.status_code)).observe(time.perf_counter() - began)
        return response
