"""Who is signed in, and which pages of accounts are for administrators; one password at a time."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views import View

from perception.site.sign_in import BUSY_FOR, turns

Arguments = ParamSpec("Arguments")


def signed_in(request: HttpRequest) -> User:
    """Return the signed-in user (behind `login_required`)."""
    return cast("User", request.user)


def administrators_only(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """Answer whoever is signed in and no administrator with status 403."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        if not signed_in(request).is_superuser:
            raise PermissionDenied(gettext("Accounts are looked after by administrators."))
        return view(request, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", login_required(answer))


class OnePasswordAtATime(View):
    """A page whose form makes or checks a password: where others' are being made, it asks to try again."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take a form in turn (`perception.site.sign_in`)."""
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        with turns.own() as is_ours:
            if is_ours:
                return super().dispatch(request, *args, **kwargs)
        response = render(request, "accounts/busy.html", status=503)
        response.headers["Retry-After"] = str(BUSY_FOR)
        return response
