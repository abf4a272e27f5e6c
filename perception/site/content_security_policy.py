"""The Content-Security-Policy header: nothing from another host, no inline script, no framing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

# Styles may be inline: the report's plots are SVG with style attributes, and progress bars have widths.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class ContentSecurityPolicyMiddleware:
    """Add the policy to every response, the same one on each."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with the policy in the headers."""
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response
