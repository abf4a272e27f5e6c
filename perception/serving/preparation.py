"""Bring the data folder up to date: the tables of the database, the static files."""

from django.core.management import call_command
from django.db import DatabaseError, connections

from perception.serving.errors import ServeError


def prepare_data_folder() -> None:
    """Apply the migrations that are missing and collect the static files.

    Quiet, and quick when there is nothing to do. Done by `serve` itself before it starts anything, so that neither
    the web server nor the worker ever meets tables of an older version.
    """
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise ServeError(
            f"The database could not be opened or brought up to date: {str(error).strip()}. "
            "Check DATABASE_URL, and that the data folder can be written."
        ) from error
    finally:
        connections.close_all()
    call_command("collectstatic", interactive=False, verbosity=0)
