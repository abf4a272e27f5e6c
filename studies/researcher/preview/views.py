"""The preview: the observers' pages for whoever makes the study. Nothing that is sent to them is read or stored.

What would store something on an observer's page – a consent, an answer, a comment – leads to the next page here. So
these addresses take forms without a token against forgery, which the observers' templates do not carry either.
"""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from perception.core.picture_response import picture_response
from studies.design.stimulus_files import encode_stimulus, read_twin
from studies.errors import StudyError
from studies.languages import ENGLISH, LANGUAGES
from studies.models.screening.check import VISUAL_CHECKS
from studies.models.study import Study
from studies.observer.access import see_other
from studies.observer.image_response import UNFIT
from studies.observer.screening.pages import figure_response
from studies.observer.shown_pages import consent_file
from studies.permissions import Permission
from studies.researcher.access import own_study, study_permitting
from studies.researcher.preview.images import EXAMPLE, PreviewImages, draw_preview
from studies.researcher.preview.pages import PreviewPage, page_of_check, pages_of
from studies.researcher.preview.place import PreviewPlace
from studies.researcher.preview.visit import PreviewMark, preview_visit

NAMESPACE = "preview"
FIRST_OF_SERIES = "trial"
DATA, CONSENT = "data", "consent"
WITHDRAWING, WITHDRAWN = "withdraw", "withdrawn"
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def study_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """List every page that an observer of the study will see."""
    return _overview(request, own_study(request, pk))


@csrf_exempt
@login_required
@read_or_send
@never_cache
def page(request: HttpRequest, token: PreviewPlace) -> HttpResponse:
    """Show a page as observers see it; a POST, which there would store something, leads to the next page."""
    study = study_permitting(request, token.study_pk, Permission.PREVIEW)
    shown = _page_of(study, token.page)
    if request.method == "POST":
        return see_other(_address_after(study, token))
    if asked := request.GET.get("lang"):
        return see_other(_address(token.in_language(asked)))
    try:
        images = draw_preview(study)
        _require_readable(images, shown)
        bar = _bar(study, token, shown)
        mark = PreviewMark(gettext("Preview"), bar)
        visit = preview_visit(request, study, token, mark=mark, images=images)
        with translation.override(token.language):
            response = shown.show(visit)
        response.headers["Content-Language"] = token.language
    except StudyError as error:
        return _overview(request, study, problem=str(error))
    return response


@csrf_exempt
@read_or_send
@never_cache
def go_on(request: HttpRequest, token: PreviewPlace, trial_token: str = "") -> HttpResponse:
    """Lead to the next page, as an answer or the end of a break leads on; with JavaScript, by naming it.

    From pages beside the way it leads to a trial, as observers who stay come back to theirs. Whoever is not signed in
    any more is led to sign in: the trial's script would take a redirect for a lost connection, and try again for ever.
    """
    if not request.user.is_authenticated:
        return _led(request, redirect_to_login(_address(token)))
    study = study_permitting(request, token.study_pk, Permission.PREVIEW)
    is_beside = _page_of(study, token.page).is_beside
    return _led(request, see_other(_address(token.at(FIRST_OF_SERIES)) if is_beside else _address_after(study, token)))


@csrf_exempt
@login_required
@read_or_send
@never_cache
def language(request: HttpRequest, token: PreviewPlace) -> HttpResponseRedirect:
    """Show the same page in another language."""
    study_permitting(request, token.study_pk, Permission.PREVIEW)
    return see_other(_address(token.in_language(request.POST.get("lang", ""))))


@login_required
@require_safe
@never_cache
def leave(request: HttpRequest, token: PreviewPlace) -> HttpResponseRedirect:
    """Lead to the page that asks whether the observer wants to withdraw."""
    study_permitting(request, token.study_pk, Permission.PREVIEW)
    return see_other(_address(token.at(WITHDRAWING)))


@login_required
@require_safe
@never_cache
def data(request: HttpRequest, token: PreviewPlace) -> HttpResponseRedirect:
    """Lead to the page that says what is stored of the observer; in another language, where a link asks for it."""
    study_permitting(request, token.study_pk, Permission.PREVIEW)
    return see_other(_address(token.at(DATA).in_language(request.GET.get("lang", ""))))


@login_required
@require_safe
@never_cache
def consent(request: HttpRequest, token: PreviewPlace) -> HttpResponseRedirect:
    """Lead to the page that shows what the observer agreed to."""
    study_permitting(request, token.study_pk, Permission.PREVIEW)
    return see_other(_address(token.at(CONSENT)))


@login_required
@require_safe
@never_cache
def consent_text(request: HttpRequest, token: PreviewPlace) -> HttpResponse:
    """Send what the observer agreed to as the file that observers get."""
    study = study_permitting(request, token.study_pk, Permission.PREVIEW)
    visit = preview_visit(request, study, token, mark=PreviewMark("", SafeString()), images={})
    with translation.override(token.language):
        return consent_file(visit, visit.agreed_session, study)


@login_required
@require_safe
def image(request: HttpRequest, token: PreviewPlace, trial_token: str = EXAMPLE, index: int = 1) -> HttpResponse:
    """Send an image of the preview, encoded as the study's opening would encode it, and kept nowhere."""
    study = study_permitting(request, token.study_pk, Permission.PREVIEW)
    try:
        shown = draw_preview(study).get(trial_token, ())[max(index, 1) - 1 : index]
        if not shown:
            raise Http404
        data, _ = encode_stimulus(shown[0].pair, perturbed=shown[0].perturbed, frames=study.trials.frames)
    except StudyError as error:
        return HttpResponse(str(error), status=UNFIT, content_type="text/plain; charset=utf-8")
    response = picture_response(data, content_type="image/png", kept_for=0)
    del response.headers["Cache-Control"]
    add_never_cache_headers(response)
    return response


@login_required
@require_safe
def figure(request: HttpRequest, token: PreviewPlace, index: int) -> HttpResponse:
    """Send a figure of a check, drawn for the preview alone."""
    study = study_permitting(request, token.study_pk, Permission.PREVIEW)
    visit = preview_visit(request, study, token, mark=PreviewMark("", SafeString()), images={})
    check = next(
        (check for check in study.checks if check in VISUAL_CHECKS and page_of_check(check) == token.page), None
    )
    figures = () if check is None else visit.shown_check(check).figures
    if not 1 <= index <= len(figures):
        raise Http404
    return figure_response(figures[index - 1])


def _led(request: HttpRequest, redirect: HttpResponseRedirect) -> HttpResponse:
    """Return a redirect, or what tells the trial's script where to go."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"stored": False, "finished": False, "reload": True, "url": redirect.url})
    return redirect


def _page_of(study: Study, key: str) -> PreviewPage:
    for page in pages_of(study):
        if page.key == key:
            return page
    raise Http404(f"no page of this study’s preview is called {key}")


def _address(place: PreviewPlace) -> str:
    return reverse("observer:welcome", args=[place], current_app=NAMESPACE)


def _address_after(study: Study, place: PreviewPlace) -> str:
    """Return the address that a form of a page leads to: of the next page; after the last one, of the list."""
    if place.page == WITHDRAWING:
        return _address(place.at(WITHDRAWN))
    way = [page.key for page in pages_of(study) if not page.is_beside]
    following = way[way.index(place.page) + 1 :] if place.page in way else []
    return _address(place.at(following[0])) if following else reverse("studies:study-preview", args=[study.pk])


def _require_readable(images: PreviewImages, page: PreviewPage) -> None:
    """Refuse a page whose images cannot be read, as observers are not shown one either."""
    for shown in images.get(page.trial, ()):
        read_twin(shown.pair, perturbed=shown.perturbed)


def _bar(study: Study, place: PreviewPlace, shown: PreviewPage) -> SafeString:
    """Return what stands above the page, in the researcher's language."""
    pages = pages_of(study)
    number = pages.index(shown)
    context = {
        "page": shown,
        "number": number + 1,
        "total": len(pages),
        "before": _address(place.at(pages[number - 1].key)) if number else "",
        "after": _address(place.at(pages[number + 1].key)) if number + 1 < len(pages) else "",
        "all": reverse("studies:study-preview", args=[study.pk]),
        "others": [
            (name, code, _address(place.in_language(code))) for code, name in LANGUAGES if code != place.language
        ],
        "language": translation.get_language(),
    }
    return render_to_string("researcher/preview/bar.html", context)


def _overview(request: HttpRequest, study: Study, *, problem: str = "") -> HttpResponse:
    pages = [
        (page, [(name, code, _address(PreviewPlace(study.pk, code, page.key))) for code, name in LANGUAGES])
        for page in pages_of(study)
    ]
    context = {
        "study": study,
        "way": [entry for entry in pages if not entry[0].is_beside],
        "beside": [entry for entry in pages if entry[0].is_beside],
        "first": _address(PreviewPlace(study.pk, ENGLISH, pages[0][0].key)),
        "problem": problem,
    }
    return render(request, "researcher/preview/overview.html", context, status=UNFIT if problem else 200)
