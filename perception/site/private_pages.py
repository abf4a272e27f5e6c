"""Nothing is kept by a browser or a proxy unless it says that it may be.

Researchers' pages hold observers' links and results. On a shared machine the browser's Back button would show them
after somebody has signed out, and its cache would hold them on the disk.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers


class PrivatePagesMiddleware:
    """Forbid to keep a response that does not speak of it; pictures and static files do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with `Cache-Control` in the headers."""
        response = self.get_response(request)
        if "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response
