"""Writing down who did what to an account: called in the transaction of the deed."""

from django.contrib.auth.models import User

from perception.accounts.models import AccountEvent

A_COMMAND = "(a command)"


def record(*, account: User, action: AccountEvent.Action, by: User | None) -> AccountEvent:
    """Write one event; `by=None` is a command of whoever runs the server."""
    return AccountEvent.objects.create(
        account_id=account.pk,
        account_name=account.get_username(),
        action=action,
        by=A_COMMAND if by is None else by.get_username(),
    )


def events_of(account: User) -> list[AccountEvent]:
    """Return what was done to an account, oldest first."""
    return list(AccountEvent.objects.filter(account_id=account.pk))
