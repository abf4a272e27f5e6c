"""Links by which a person sets a password: made by an administrator, handed over, good once and for three days.

They are Django's tokens for new passwords: signed, expiring, and worth nothing once the password is another or the
person has signed in. Here a new link ends the one before as well, and an account that is deactivated has none.
"""

from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from perception.accounts.models import AccountEvent

MAKES_A_LINK = (AccountEvent.Action.INVITED, AccountEvent.Action.LINK)


class LinkTokenGenerator(PasswordResetTokenGenerator):
    """Makes and checks the tokens; a token is good as long as no newer link was made."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        newest = AccountEvent.objects.filter(account_id=user.pk, action__in=MAKES_A_LINK).last()
        return f"{super()._make_hash_value(user, timestamp)}{newest.pk if newest else 0}{user.is_active}"


link_tokens = LinkTokenGenerator()


def link_path(account: User) -> str:
    """Return the path of a link with which the person sets a password; the event of its making is written down."""
    number = urlsafe_base64_encode(force_bytes(account.pk))
    return reverse("accounts:link", args=[number, link_tokens.make_token(account)])
