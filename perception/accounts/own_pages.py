"""The pages of one's own account: password, sign-ins, and what was done to it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from perception.accounts import audit
from perception.accounts.access import OnePasswordAtATime, signed_in
from perception.accounts.audit import events_of
from perception.accounts.models import AccountEvent
from perception.accounts.sign_ins import end_sign_ins, sign_ins_of


@login_required
@require_safe
def own_account(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    user = signed_in(request)
    context = {
        "account": user,
        "sign_ins": sign_ins_of(user, this=request.session.session_key),
        "events": events_of(user),
    }
    return render(request, "accounts/own.html", context)


@login_required
@require_POST
def sign_ins_end(request: HttpRequest) -> HttpResponse:
    """End one other sign-in, by its name, or all others."""
    user = signed_in(request)
    with transaction.atomic():
        ended = end_sign_ins(user, but=request.session.session_key, name=request.POST.get("name") or None)
        if ended:
            audit.record(account=user, action=AccountEvent.Action.SIGN_INS_ENDED, by=user)
    messages.success(request, ngettext("%(n)s sign-in ended.", "%(n)s sign-ins ended.", ended) % {"n": ended})
    return redirect("accounts:own")


class PasswordView(OnePasswordAtATime, PasswordChangeView):
    """Django's page to change one's password, one password at a time; all other sign-ins end with it."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:own")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Change it, and end the sign-ins elsewhere."""
        user = signed_in(self.request)
        with transaction.atomic():
            response = super().form_valid(form)  # keeps this sign-in, under a new key
            end_sign_ins(user, but=self.request.session.session_key)
            audit.record(account=user, action=AccountEvent.Action.PASSWORD_CHANGED, by=user)
        messages.success(self.request, gettext("Your password is changed. Elsewhere you are signed out."))
        return response
