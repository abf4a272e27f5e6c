"""Signing in: guessing is slow, and costs nobody else their turn.

django-axes counts failures in the database, for all processes. Five for one name from one address within a quarter of
an hour pause that name at that address, whether there is such an account or not; from other addresses the name goes on
working, so that nobody who knows it locks its owner out. A password is not even looked at in a pause.

A password takes most of a second of a core to check, on purpose. One is checked at a time in each process, one more
waits; whoever comes then is asked to try again, so that threads and cores are left for observers.

What is kept of a failure is the name, the time, and a pseudonym of the address that the secret key alone can make: no
address, and nothing of what a browser calls itself. It goes with the first failure or sign-in after the pause, and when
`manage.py delete_expired` runs.
"""

import datetime as dt
import ipaddress
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from perception.core.turns import Turns
from perception.site.failed_sign_ins import pseudonym_of

PAUSED = 429
BUSY_FOR = 5
"""Seconds after which whoever found the line full is asked to try again."""

turns = Turns(waiting=1, longest_wait=10.0)
"""Whose password is checked, or made unreadable, in this process."""
BUSY = gettext_noop("Many people are signing in. Wait a few seconds, then try again.")


class SignInView(LoginView):
    """Django's page to sign in, one password at a time."""

    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page; of an installation that has no account yet, the page that makes the first one."""
        return super().get(request, *args, **kwargs) if User.objects.exists() else redirect("accounts:first")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Check name and password, or ask to try again where others' are being checked."""
        with turns.own() as is_ours:
            if is_ours:
                return super().post(request, *args, **kwargs)
        return _told(request, gettext(BUSY), 503, BUSY_FOR)


def paused(request: HttpRequest, original: HttpResponse | None, credentials: dict[str, str] | None) -> HttpResponse:
    """Say, with status 429, that a name is paused at this address, and until when (called by django-axes).

    A page that has said so itself is left as it is.
    """
    if original is not None and original.status_code == PAUSED:
        return original
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    message, wait = pause_of(name, request)
    ways_out = gettext("An administrator can end the pause at once, on the page “Accounts”.")
    return _told(request, f"{message} {ways_out}", PAUSED, wait)


def pause_of(name: str, request: HttpRequest) -> tuple[str, int]:
    """Return the sentences that say until when a name is paused where the request comes from, and the seconds left."""
    now = timezone.now()
    failures = AccessAttempt.objects.filter(username=name, ip_address=counted_for(request))
    last = failures.order_by("-attempt_time").values_list("attempt_time", flat=True).first() or now
    until = max(last + settings.AXES_COOLOFF_TIME, now + dt.timedelta(seconds=1))
    message = gettext(
        "After %(failures)s failures, this name is paused for sign-ins from where you are. Try "
        "again after %(time)s UTC."
    ) % {"failures": settings.AXES_FAILURE_LIMIT, "time": f"{until + dt.timedelta(minutes=1):%H:%M}"}
    return message, round((until - now).total_seconds()) + 1


def counted_for(request: HttpRequest) -> str | None:
    """Return what stands for the sender's address in the database (called by django-axes); None without an address."""
    address = client_address(request)
    return None if address is None else pseudonym_of(address)


def client_address(request: HttpRequest) -> str | None:
    """Return the address that failures are counted for: an IPv4 address, or the network of an IPv6 address.

    Behind the proxy that ends TLS it is the one that this proxy says (`X-Real-IP`), and nobody else can claim it. Of an
    IPv6 address the first 64 bits count: the others are its owner's to choose.
    """
    told = request.META.get("HTTP_X_REAL_IP") if settings.IS_BEHIND_PROXY else None
    try:
        address = ipaddress.ip_address(told or request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket of this machine has none
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def _told(request: HttpRequest, message: str, status: int, wait: int) -> HttpResponse:
    """Return the page to sign in, with what was typed as a name, and why it was not looked at."""
    form = AuthenticationForm(request, initial={"username": request.POST.get("username", "")})
    context = {"form": form, "refused": message, "next": request.POST.get("next", "")}
    response = render(request, "registration/login.html", context, status=status)
    response.headers["Retry-After"] = str(wait)
    return response
