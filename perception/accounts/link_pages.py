"""The page behind a link: the person sets a password, and is signed in with it."""

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext

from perception.accounts import audit
from perception.accounts.access import OnePasswordAtATime
from perception.accounts.links import link_tokens
from perception.accounts.models import AccountEvent
from perception.accounts.sign_ins import end_sign_ins


class LinkView(OnePasswordAtATime, PasswordResetConfirmView):
    """Django's page to set a password by a token, one password at a time; the token leaves the address at once."""

    token_generator = link_tokens
    template_name = "accounts/link.html"
    success_url = reverse_lazy("studies:study-list")
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        """Set it, end what was signed in with the one before, and sign the person in."""
        account: User = form.user
        with transaction.atomic():
            end_sign_ins(account)
            audit.record(account=account, action=AccountEvent.Action.PASSWORD_SET, by=account)
            response = super().form_valid(form)
        messages.success(self.request, gettext("Your password is set, and you are signed in."))
        return response
