"""What administrators do to accounts: invite, hand out links, deactivate, promote, end pauses and sign-ins.

Each function validates, opens one transaction, writes an event in it, and raises `AccountError` when it cannot be
done. `by=None` is a command, which whoever runs the server may always give.
"""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from perception.accounts import audit
from perception.accounts.errors import AccountError
from perception.accounts.links import link_path
from perception.accounts.models import AccountEvent
from perception.accounts.sign_ins import end_sign_ins


def invite(*, username: str, by: User | None, administrator: bool = False) -> tuple[User, str]:
    """Make an account without a password, and the link with which the person sets one.

    Returns
    -------
    account, path of the link on this server

    Raises
    ------
    AccountError
        The name is taken, whatever its capitals, or no name that an account may have.
    """
    name = User.normalize_username(username.strip())
    with transaction.atomic():
        _require_administrator(by)
        if User.objects.filter(username__iexact=name).exists():
            raise AccountError(gettext("There is an account “%(name)s” already. Give another name.") % {"name": name})
        account = User(username=name, is_superuser=administrator)
        account.set_unusable_password()
        try:
            account.full_clean(exclude=["password"])
        except ValidationError as error:
            raise AccountError(" ".join(error.messages)) from error
        account.save()
        audit.record(account=account, action=AccountEvent.Action.INVITED, by=by)
        return account, link_path(account)


def new_link(*, account: User, by: User | None) -> str:
    """Return the path of a link with which the person sets another password; the one before is good no more.

    The password that they have stays good until they set another.
    """
    with transaction.atomic():
        _require_administrator(by)
        account = _locked(account)
        if not account.is_active:
            raise AccountError(
                gettext("The account “%(account)s” is deactivated. Reactivate it first.") % {"account": account}
            )
        audit.record(account=account, action=AccountEvent.Action.LINK, by=by)
        return link_path(account)


def deactivate(*, account: User, by: User | None) -> None:
    """Let nobody sign in with the account any more, and end its sign-ins. What it owns stays."""
    with transaction.atomic():
        _require_administrator(by)
        account = _locked(account)
        if account == by:
            raise AccountError(gettext("Nobody deactivates their own account; another administrator can."))
        _require_another_administrator(account)
        account.is_active = False
        account.save(update_fields=["is_active"])
        end_sign_ins(account)
        audit.record(account=account, action=AccountEvent.Action.DEACTIVATED, by=by)


def reactivate(*, account: User, by: User | None) -> None:
    """Let the person sign in again, with the password that they had."""
    with transaction.atomic():
        _require_administrator(by)
        account = _locked(account)
        account.is_active = True
        account.save(update_fields=["is_active"])
        audit.record(account=account, action=AccountEvent.Action.REACTIVATED, by=by)


def promote(*, account: User, by: User | None) -> None:
    """Make a researcher an administrator: they see every study, and change accounts."""
    with transaction.atomic():
        _require_administrator(by)
        account = _locked(account)
        account.is_superuser = True
        account.save(update_fields=["is_superuser"])
        audit.record(account=account, action=AccountEvent.Action.PROMOTED, by=by)


def demote(*, account: User, by: User | None) -> None:
    """Make an administrator a researcher again, unless nobody else is one."""
    with transaction.atomic():
        _require_administrator(by)
        account = _locked(account)
        _require_another_administrator(account)
        account.is_superuser = account.is_staff = False
        account.save(update_fields=["is_superuser", "is_staff"])
        audit.record(account=account, action=AccountEvent.Action.DEMOTED, by=by)


def end_pause(*, account: User, by: User | None) -> None:
    """Forget the failures that pause the name, wherever they came from."""
    with transaction.atomic():
        _require_administrator(by)
        AxesProxyHandler.reset_attempts(username=account.get_username())
        audit.record(account=account, action=AccountEvent.Action.PAUSE_ENDED, by=by)


def end_all_sign_ins(*, account: User, by: User | None) -> int:
    """End every sign-in of an account; return how many there were."""
    with transaction.atomic():
        _require_administrator(by)
        ended = end_sign_ins(account)
        audit.record(account=account, action=AccountEvent.Action.SIGN_INS_ENDED, by=by)
    return ended


def _locked(account: User) -> User:
    """Read the account anew, with all administrators under a row lock: two who demote one another come in turn."""
    list(User.objects.select_for_update().filter(is_superuser=True).order_by("pk").values_list("pk"))
    return User.objects.select_for_update().get(pk=account.pk)


def _require_administrator(by: User | None) -> None:
    if by is not None and not (by.is_active and by.is_superuser):
        raise AccountError(gettext("Only an administrator changes accounts."))


def _require_another_administrator(account: User) -> None:
    """Refuse to lose the last one who can sign in and make another."""
    if not account.is_superuser:
        return
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=account.pk)
    if not any(other.has_usable_password() for other in others):
        raise AccountError(
            gettext(
                "“%(account)s” is the only administrator with a password. Make somebody else one first: nobody "
                "could change accounts any more."
            )
            % {"account": account}
        )
