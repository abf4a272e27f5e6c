"""`manage.py rename KIND NAME NEW-NAME`: give a dataset, a classifier, an attack or a pair set another name."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from ml.errors import MlError
from ml.lifecycle.renaming import rename
from ml.management.data_command import DataCommand, add_acting_argument, user_named
from ml.management.row_argument import add_row_arguments, row_from


class Command(DataCommand):
    """Rename one row."""

    help = "Rename a dataset, a classifier, an attack or a pair set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add which row, and its new name."""
        add_row_arguments(parser)
        parser.add_argument("new_name", metavar="NEW-NAME")
        add_acting_argument(parser)

    def handle(self, *, kind: str, name: str, new_name: str, by: str | None, **options: object) -> None:
        """Rename it, or say why its name stays."""
        try:
            rename(row=row_from(kind, name), name=new_name, by=user_named(by))
        except MlError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The {kind.replace('-', ' ')} {name!r} is called {new_name.strip()!r} now.")
