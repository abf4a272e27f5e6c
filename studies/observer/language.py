"""The language of an observer's pages: chosen on the welcome page, kept with the session, in no cookie."""

from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from studies.languages import ENGLISH, FRENCH, LANGUAGES
from studies.models.session import Session


def language_of(request: HttpRequest, session: Session | None) -> str:
    """Return the session's language; before there is a session, the one asked for, or the browser's own."""
    if session is not None:
        return session.language
    asked = request.POST.get("lang") or request.GET.get("lang") or ""
    return asked if asked in dict(LANGUAGES) else browsers_language(request)


def browsers_language(request: HttpRequest) -> str:
    """Return whichever of the two languages the browser wants first; English where it wants neither."""
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return FRENCH if get_supported_language_variant(code).startswith(FRENCH) else ENGLISH
        except LookupError:
            continue
    return ENGLISH
