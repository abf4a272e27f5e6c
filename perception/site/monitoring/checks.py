"""What can be wrong with a server: each check says so in words, or nothing.

Two lists. *Health* is what this process needs to store an answer; a proxy asks for it, and sends observers elsewhere
while it fails. *Readiness* is that and whatever else researchers wait for, such as a worker
(`perception.core.monitoring`).
"""

import tempfile
from collections.abc import Sequence
from os import W_OK, access
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

from perception.core.monitoring.readiness import Check, readiness_checks

PROBE = bytes(4096)
"""What is written to see whether anything can be: one block of most file systems."""
NEVER_THERE = "monitoring/probe"
"""A name that no file of the storage has: to ask for it is to ask whether the storage answers."""


def health_problems() -> list[str]:
    """Return what keeps this process from storing an answer; the first of it, since the rest may follow from it."""
    return _problems([_wrong_with_database, _wrong_with_data_folder])[:1]


def readiness_problems() -> list[str]:
    """Return everything that is wrong with the site, whoever it concerns."""
    of_database = _problems([_wrong_with_database])
    of_files = _problems([_wrong_with_data_folder, _wrong_with_storage])
    # Whatever else is asked reads the database.
    return of_database + of_files + ([] if of_database else _problems(readiness_checks()))


def _problems(checks: Sequence[Check]) -> list[str]:
    return [problem for check in checks if (problem := check())]


def _wrong_with_database() -> str | None:
    name = str(connection.settings_dict["NAME"])
    # A file that was removed still answers whoever has it open, and whoever opens it anew makes an empty one.
    if connection.vendor == "sqlite" and Path(name).is_absolute():
        if not Path(name).is_file():
            return "the file of the database is gone"
        if not access(name, W_OK):
            return "the database can be read but not written"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_session LIMIT 1")  # a table of ours: it has to be read
            cursor.fetchone()
            if connection.vendor == "postgresql" and _takes_no_writing(cursor):
                return "the database can be read but not written"
    except DatabaseError:
        return "the database does not answer"
    return None


def _takes_no_writing(cursor: CursorWrapper) -> bool:
    """Say whether a PostgreSQL server is a standby, or was set so."""
    cursor.execute("SELECT current_setting('transaction_read_only') = 'on' OR pg_is_in_recovery()")
    return bool(cursor.fetchone()[0])


def _wrong_with_data_folder() -> str | None:
    return _unwritable(Path(settings.DATA_DIR), "the data folder")


def _wrong_with_storage() -> str | None:
    if isinstance(default_storage, FileSystemStorage):
        folder = Path(default_storage.location)
        return _unwritable(folder, "the folder of the files") if folder.is_dir() else None
    try:
        default_storage.exists(NEVER_THERE)
    except Exception as error:  # whatever a storage raises that cannot be reached
        return f"the file storage does not answer ({type(error).__name__})"
    return None


def _unwritable(folder: Path, name: str) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(PROBE)
    except OSError as error:
        return f"nothing can be written to {name}: {error.strerror}"
    return None
