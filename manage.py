#!/usr/bin/env python
"""Django's command-line entry point: `python manage.py help` lists the commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, InterfaceError


def main() -> None:
    """Run one management command with this project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perception.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # what a person has to set right, or a disk that is full: no traceback
        sys.exit(str(error))
    except (DatabaseError, InterfaceError, OSError) as error:
        # Loaded late: where the settings fail it could not be.
        from perception.core.monitoring.outages import is_outage
        from perception.core.monitoring.tables import missing_migrations

        if missing := missing_migrations(error):
            sys.exit(
                f"The tables of the database are not those of this version: {str(error).strip()}. {missing} changes of "
                "them are still to be made. Run `python manage.py migrate`, or start `python manage.py serve`, which "
                "makes them as well, then this command again. What was stored before is kept."
            )
        if not is_outage(error):
            raise
        sys.exit(
            f"The database or the disk takes nothing now: {str(error).strip()}. What was stored before is kept. See "
            "that it answers, has room and can be written, and run the command again."
        )


if __name__ == "__main__":
    main()
