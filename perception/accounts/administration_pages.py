"""The administrator's pages: who has an account, how they get in, and what they may."""

from collections.abc import Callable
from dataclasses import dataclass

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from perception.accounts import lifecycle
from perception.accounts.access import administrators_only, signed_in
from perception.accounts.audit import events_of
from perception.accounts.errors import AccountError
from perception.accounts.forms import InvitationForm
from perception.accounts.sign_ins import sign_ins_of
from perception.core.lists.pages import page_of

MADE_LINK = "made_link"
"""Where the session keeps a link, with the number of its account, until that account's page is shown: it is told once,
and on no other account's page, from where it would be sent to somebody else."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a button does to an account."""

    act: Callable[..., object]
    done: str


ACTIONS = {
    "deactivate": Action(lifecycle.deactivate, gettext_noop("The account is deactivated, and its sign-ins are ended.")),
    "reactivate": Action(lifecycle.reactivate, gettext_noop("The account is active again.")),
    "promote": Action(lifecycle.promote, gettext_noop("They are an administrator now.")),
    "demote": Action(lifecycle.demote, gettext_noop("They are a researcher now.")),
    "end-pause": Action(lifecycle.end_pause, gettext_noop("The pause is ended.")),
    "end-sign-ins": Action(lifecycle.end_all_sign_ins, gettext_noop("Their sign-ins are ended.")),
}


@administrators_only
@require_http_methods(["GET", "POST"])
def account_list(request: HttpRequest) -> HttpResponse:
    """List the accounts, and invite somebody."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account, path = lifecycle.invite(**form.cleaned_data, by=signed_in(request))
        except AccountError as error:
            form.add_error("username", str(error))
        else:
            request.session[MADE_LINK] = (account.pk, path)
            return redirect("accounts:account-detail", account.pk)
    paused = paused_names()
    page = page_of(User.objects.order_by("username"), request.GET)
    context = {"page": page, "accounts": [(account, account.username in paused) for account in page], "form": form}
    return render(request, "accounts/list.html", context, status=422 if form.errors else 200)


@administrators_only
@require_safe
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account, and a link that was made a moment ago."""
    account = get_object_or_404(User, pk=pk)
    context = {
        "account": account,
        "link": _take_link(request, account),
        "link_days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        "is_own": account == request.user,
        "is_paused": account.username in paused_names(),
        "sign_ins": sign_ins_of(account),
        "events": events_of(account),
    }
    return render(request, "accounts/detail.html", context)


@administrators_only
@require_POST
def account_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link with which the person sets a new password."""
    account = get_object_or_404(User, pk=pk)
    try:
        request.session[MADE_LINK] = (account.pk, lifecycle.new_link(account=account, by=signed_in(request)))
    except AccountError as error:
        messages.error(request, str(error))
    return redirect("accounts:account-detail", pk)


@administrators_only
@require_POST
def account_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do one of `ACTIONS` to an account."""
    account = get_object_or_404(User, pk=pk)
    try:
        ACTIONS[action].act(account=account, by=signed_in(request))
    except AccountError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext(ACTIONS[action].done))
    return redirect("accounts:account-detail", pk)


def _take_link(request: HttpRequest, account: User) -> str:
    """Return the link that was made for an account a moment ago, and keep it no longer; nothing where none was."""
    for_account, path = request.session.get(MADE_LINK, (None, ""))
    if for_account != account.pk:
        return ""
    del request.session[MADE_LINK]
    return request.build_absolute_uri(path)


def paused_names() -> frozenset[str]:
    """Return the names that are paused now, at one address at least."""
    recent = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME).order_by()
    failures = recent.values("username", "ip_address").annotate(failures=Sum("failures_since_start"))
    return frozenset(row["username"] for row in failures if row["failures"] >= settings.AXES_FAILURE_LIMIT)
