"""Who comes, by the token in the address, and what every observer's page has in common.

The addresses hold the credentials: the invitation's token opens the session from any browser, and each trial has a
token of its own. So there is no cookie and no sign-in here. A form needs no further token against forgery: whoever
could forge it would have to know its unguessable address.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from studies.languages import LANGUAGES
from studies.models.observer import Observer
from studies.models.session import Session
from studies.models.study import Study
from studies.observer.language import language_of
from studies.observer.texts import shown_text
from studies.sessions.observer_cache import observer_cache
from studies.sessions.stage import Stage, stage_of

Arguments = ParamSpec("Arguments")

OPEN_LINK = "open-link"
"""The namespace of the addresses by which nobody in particular comes."""
PAGE_OF_STAGE = {
    Stage.SCREENING: "observer:check",
    Stage.QUESTIONS: "observer:questions",
    Stage.INSTRUCTIONS: "observer:instructions",
    Stage.COMPREHENSION: "observer:comprehension",
    Stage.TRIALS: "observer:trial",
    Stage.COMMENTS: "observer:comments",
    Stage.END: "observer:trial",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """An observer at a page."""

    request: HttpRequest
    observer: Observer
    study: Study
    session: Session | None
    language: str

    @property
    def stage(self) -> Stage | None:
        """Where the session stands; None before the consent."""
        return None if self.session is None else stage_of(self.session, self.study)

    def url(self, page: str, *arguments: object) -> str:
        """Return the address of one of this observer's pages; on a page of the preview, of the preview's.

        The preview's addresses have the same names in another namespace: that of the request counts, as in templates.
        """
        match = self.request.resolver_match
        return reverse(page, args=[self.observer.token, *arguments], current_app=match.namespace if match else None)

    def to_stage(self) -> HttpResponse:
        """Redirect to the page of the stage that the session is at."""
        return see_other(self.url("observer:welcome" if self.stage is None else PAGE_OF_STAGE[self.stage]))

    def page(self, template: str, context: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
        """Render one of the observer's templates."""
        texts = {
            name: shown_text(self.study, name, self.language)
            for name in ("title", "question", "instructions", "consent_text")
        }
        match = self.request.resolver_match
        common = {
            "token": self.observer.token,
            "study": self.study,
            "session": self.session,
            "language": self.language,
            "languages": LANGUAGES,
            "abandoned_after": self.study.abandoned_after_minutes if self.observer.open_link_id else None,
            "keeps_address": match is not None and match.namespace == OPEN_LINK,
            **texts,
        }
        return render(self.request, template, {**common, **(context or {})}, status=status)


def observer_page(
    view: Callable[Concatenate[Visit, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, str, Arguments], HttpResponse]:
    """Make a view of a function that takes a visit: it runs, whole, in the observer's language."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, token: str, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        visit = visit_of(request, token)
        with translation.override(visit.language):
            try:
                return view(visit, *args, **kwargs)
            except (Observer.DoesNotExist, Session.DoesNotExist) as error:  # erased while this was being answered
                raise Http404 from error

    return cast("Callable[Concatenate[HttpRequest, str, Arguments], HttpResponse]", answer)


def visit_of(request: HttpRequest, token: str) -> Visit:
    """Return the visit of the observer with this token (one query, or two); 404 where there is none."""
    observer = observer_cache.find(token)
    if observer is None:
        raise Http404
    session = getattr(observer, "session", None)
    return Visit(request, observer, observer.study, session, language_of(request, session))


def see_other(url: str) -> HttpResponseRedirect:
    """Redirect so that the browser fetches the next page with GET, and a reload sends nothing again (RFC 9110)."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
