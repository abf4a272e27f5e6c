"""What commands share: the type of their options; a full disk is said in words, where they write to the data folder."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, TypeAlias

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ml.runs.disk_space import no_room

Options: TypeAlias = Mapping[str, Any]
"""What argparse read, by name: each has the type that its command declares for it."""


def add_owner_arguments(parser: ArgumentParser) -> None:
    """Add whose it is, and whether others may use it."""
    parser.add_argument(
        "--by", metavar="USER", help="whose it is (default: nobody's, so that every researcher may use and change it)"
    )
    parser.add_argument("--share", action="store_true", help="with --by: let every researcher use it")


def owner_of(options: Options) -> User | None:
    """Return the user that `--by` names; None if it was not given.

    Raises
    ------
    CommandError
        There is no such user, or the account is deactivated; or `--share` stands without `--by`.
    """
    name = options["by"]
    if name is None:
        if options["share"]:
            raise CommandError("--share goes with --by: what is nobody's is shared already.")
        return None
    return user_named(name)


def add_acting_argument(parser: ArgumentParser) -> None:
    """Add who does something to what is there."""
    parser.add_argument(
        "--by",
        metavar="USER",
        help="who does it, and is asked whether they may (default: whoever runs the command may)",
    )


def user_named(name: str | None) -> User | None:
    """Return the user of that name; None if no name was given.

    Raises
    ------
    CommandError
        There is no such user, or the account is deactivated.
    """
    if name is None:
        return None
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no user {name!r}; `manage.py account list` lists them.")
    return user


class DataCommand(BaseCommand):
    """A command that ends with a message, not a traceback, where there is no room to write."""

    if_no_room = ""
    """What is to be said beside: what was kept."""

    def execute(self, *args: object, **options: object) -> str | None:
        """Check, then handle."""
        try:
            return super().execute(*args, **options)
        except (OSError, DatabaseError) as error:
            if full := no_room(error):
                raise CommandError(f"{full} {self.if_no_room}".strip()) from error
            raise
