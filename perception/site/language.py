"""The language of a researcher's page: the person's own choice, else the browser's, else English.

The choice lies in a cookie that Django's own view sets (`set_language`), so that it holds on the page to sign in as
well. Observers' pages are left alone: their language follows their study and their own choice, and no cookie.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

OBSERVERS = "/o/"
FRENCH = "fr"


class LanguageMiddleware:
    """Answer researchers in the language that they want; what is made after the answer is English again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; say of a page that does not say so itself in which language it is, and why."""
        if request.path_info.startswith(OBSERVERS):
            return self.get_response(request)
        language = wanted_language(request)
        with translation.override(language):
            response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and "Content-Language" not in response.headers:
            response.headers["Content-Language"] = language
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def wanted_language(request: HttpRequest) -> str:
    """Return French where it is chosen, or else wanted by the browser; the language of the settings otherwise."""
    return FRENCH if translation.get_language_from_request(request).startswith(FRENCH) else settings.LANGUAGE_CODE
