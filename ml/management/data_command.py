"""What commands share: the type of their options; a full disk is said in words, where they write to the data folder."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ml.runs.disk_space import no_room

Options: TypeAlias = Mapping[str, Any]
"""What argparse read, by name: each has the type that its command declares for it."""


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
