"""What every command has that writes to the data folder: a full disk is said in words."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ml.runs.disk_space import no_room


class DataCommand(BaseCommand):
    """A command that ends with a message, not a traceback, where there is no room to write."""

    if_no_room = ""
    """What is to be said beside: what was kept."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Check, then handle."""
        try:
            return super().execute(*args, **options)
        except (OSError, DatabaseError) as error:
            if full := no_room(error):
                raise CommandError(f"{full} {self.if_no_room}".strip()) from error
            raise
