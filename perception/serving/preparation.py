"""Bring the data folder up to date: the tables of the database, the static files; see that files can be stored."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from perception.core.file_lock import FileLock
from perception.serving.errors import ServeError

MIGRATIONS = 0x70657263
"""The number of PostgreSQL's advisory lock on bringing the tables up to date: chosen once, used for nothing else."""


def prepare_data_folder() -> None:
    """Apply the migrations that are missing and collect the static files.

    Quiet, and quick when there is nothing to do. Done by `serve` itself before it starts anything, so that neither
    the web server nor the worker ever meets tables of an older version.
    """
    _make_database_file()
    try:
        with _alone():
            call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise ServeError(
            f"The database could not be opened or brought up to date: {str(error).strip()}. "
            "Check DATABASE_URL, and that the data folder can be written and its disk has room."
        ) from error
    finally:
        connections.close_all()
    _collect_static_files()
    check_storage_of_files()


def _collect_static_files() -> None:
    """Collect them into this machine's folder; whoever starts beside waits: neither removes what the other reads."""
    try:
        with FileLock(Path(settings.DATA_DIR) / "static.lock", mode=0o600):
            call_command("collectstatic", interactive=False, verbosity=0)
    except OSError as error:
        raise ServeError(
            f"The style sheets and scripts could not be written to {settings.STATIC_ROOT}: {error.strerror}. "
            "Make room, or let this user write there, and start again; what was written already stays."
        ) from error


def check_storage_of_files() -> None:
    """Refuse to start where files cannot be stored on another server; a disk is the data folder's own."""
    check = getattr(default_storage, "check", None)
    if check is None:
        return
    try:
        check()
    except OSError as error:
        asked = settings.STORAGES["default"]["OPTIONS"]
        raise ServeError(
            f"Nothing can be stored in the bucket {asked['bucket_name']} at {asked['endpoint_url'] or 'Amazon S3'}: "
            f"{error.strerror}. Check S3_BUCKET, S3_ENDPOINT_URL, S3_REGION, AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, and that they may list, read, write and delete there."
        ) from error


def database_warnings() -> list[str]:
    """Return what the database's own checks find, such as a server that does not keep what it acknowledged."""
    try:
        return [str(found) for found in run_checks(tags=[Tags.database], databases=["default"])]
    finally:
        connections.close_all()


def _make_database_file() -> None:
    """Make SQLite's file, if it is not there, readable by its owner alone; those beside it take after it."""
    name = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or not name.is_absolute():  # one in memory has no path
        return
    with suppress(OSError):  # it is there; or what is wrong with its place is told when the database is opened
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other server, on any machine, brings the same tables up to date: Django does not look."""
    if connection.vendor != "postgresql":
        with FileLock(Path(settings.DATA_DIR) / "migrations.lock", mode=0o600):
            yield
        return
    with connection.cursor() as cursor:  # the lock goes with the connection, however the process ends
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATIONS])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATIONS])
