"""`manage.py delete KIND NAME`: delete a dataset, a classifier, an attack or a pair set on which nothing rests."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from ml.errors import MlError
from ml.lifecycle.deletion import belongings_of, delete, why_it_stays
from ml.management.data_command import DataCommand, add_acting_argument, user_named
from ml.management.row_argument import add_row_arguments, row_from


class Command(DataCommand):
    """Delete one row, with its files."""

    help = "Delete a dataset, a classifier, an attack or a pair set, with its files; without --yes, say what would go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add which row, and whether it is meant."""
        add_row_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="delete it; without, only say what would go with it")
        add_acting_argument(parser)

    def handle(self, *, kind: str, name: str, yes: bool, by: str | None, **options: object) -> None:
        """Say what goes with it, and delete it if that was said."""
        try:
            row, user = row_from(kind, name), user_named(by)
            goes = "; ".join(belongings_of(row).in_words)
            if not yes:
                why = why_it_stays(row, seen_by=user)
                raise CommandError(
                    why or f"With {name!r} would go: {goes}. Say --yes to delete it: nothing brings it back."
                )
            delete(row=row, by=user)
        except MlError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The {kind.replace('-', ' ')} {name!r} is deleted. With it went: {goes}.")
