"""`manage.py account ACTION NAME`: what administrators do on the pages of accounts."""

from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from perception.accounts import lifecycle
from perception.accounts.errors import AccountError

CHANGES = {
    "deactivate": lifecycle.deactivate,
    "reactivate": lifecycle.reactivate,
    "promote": lifecycle.promote,
    "demote": lifecycle.demote,
    "end-pause": lifecycle.end_pause,
    "end-sign-ins": lifecycle.end_all_sign_ins,
}


class Command(BaseCommand):
    """List accounts, invite, make links, deactivate, promote, end pauses and sign-ins."""

    help = (
        "Look after accounts: list them, invite somebody or make a link for a new password (both print a link to hand "
        "over), deactivate or reactivate, promote to administrator or demote, end a pause of sign-ins or all sign-ins."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what is to be done, to whom, and by whom."""
        parser.add_argument("action", choices=["list", "invite", "link", *CHANGES])
        parser.add_argument("name", nargs="?", metavar="NAME", help="the user name; not with list")
        parser.add_argument("--administrator", action="store_true", help="with invite: as an administrator")
        parser.add_argument("--by", metavar="USER", help="the administrator who does it (default: the command itself)")

    def handle(self, *, action: str, name: str | None, administrator: bool, by: str | None, **options: object) -> None:
        """Do it, and print what came of it."""
        if action == "list":
            self._list()
            return
        if not name:
            raise CommandError(f"Say whose account: manage.py account {action} NAME")
        doer = None if by is None else _account(by)
        try:
            if action == "invite":
                _, path = lifecycle.invite(username=name, by=doer, administrator=administrator)
                self._tell_link(name, path)
            elif action == "link":
                self._tell_link(name, lifecycle.new_link(account=_account(name), by=doer))
            else:
                CHANGES[action](account=_account(name), by=doer)
                self.stdout.write(f"{name}: {action}, done.")
        except AccountError as error:
            raise CommandError(str(error)) from error

    def _list(self) -> None:
        for account in User.objects.order_by("username"):
            role = "administrator" if account.is_superuser else "researcher"
            state = "" if account.has_usable_password() else ", has not set a password"
            state = state if account.is_active else ", deactivated"
            self.stdout.write(f"{account.get_username()}: {role}{state}")

    def _tell_link(self, name: str, path: str) -> None:
        days = settings.PASSWORD_RESET_TIMEOUT // 86_400
        self.stdout.write(f"{name} sets a password at this link, once, within {days} days:\n{settings.BASE_URL}{path}")


def _account(name: str) -> User:
    account = User.objects.filter(username=name).first()
    if account is None:
        raise CommandError(f"There is no account “{name}”. `manage.py account list` lists them.")
    return account
