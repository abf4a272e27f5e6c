"""The page of an installation that has no account yet; afterwards there is nothing at its address."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.signals import user_login_failed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from perception.accounts.errors import AccountError
from perception.accounts.first_account import make_first_account, nobody_has_an_account
from perception.accounts.forms import FirstAccountForm
from perception.site.sign_in import BUSY, BUSY_FOR, PAUSED, pause_of, turns

COUNTED_AS = {"username": "(first account)"}
"""Wrong codes are counted as failures to sign in are, for a name that no account can have."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def first_account(request: HttpRequest) -> HttpResponse:
    """Ask for the code, a name and a password; make an administrator of them, and sign them in."""
    if not nobody_has_an_account():
        raise Http404
    if request.method == "GET":
        return _page(request, FirstAccountForm())
    with turns.own() as is_ours:
        if is_ours:
            return _make(request)
    return _refused(request, BUSY, status=503, wait=BUSY_FOR)


def _make(request: HttpRequest) -> HttpResponse:
    if not AxesProxyHandler.is_allowed(request, COUNTED_AS):
        return _paused(request)
    form = FirstAccountForm(request.POST)
    if form.is_valid():
        try:
            user = make_first_account(
                code=form.cleaned_data["code"],
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password1"],
            )
        except AccountError as error:
            form.add_error(None, str(error))
        else:
            AxesProxyHandler.reset_attempts(username=COUNTED_AS["username"])
            login(request, user, backend=BACKEND)
            messages.success(request, gettext("Your account is made. You are the administrator of this server."))
            return redirect("studies:study-list")
    if form.code_was_wrong:
        user_login_failed.send(sender=__name__, credentials=COUNTED_AS, request=request)
        if not AxesProxyHandler.is_allowed(request, COUNTED_AS):
            return _paused(request)
    return _page(request, form, status=422)


def _paused(request: HttpRequest) -> HttpResponse:
    message, wait = pause_of(COUNTED_AS["username"], request)
    return _refused(request, message.replace("this name is paused for sign-ins", "codes are not taken"), PAUSED, wait)


def _refused(request: HttpRequest, message: str, status: int, wait: int) -> HttpResponse:
    form = FirstAccountForm(initial={"username": request.POST.get("username", "")})
    response = _page(request, form, status=status, refused=message)
    response.headers["Retry-After"] = str(wait)
    return response


def _page(request: HttpRequest, form: FirstAccountForm, *, status: int = 200, refused: str = "") -> HttpResponse:
    return render(request, "accounts/first.html", {"form": form, "refused": refused}, status=status)
