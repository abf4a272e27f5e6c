"""Whether the site is well: for the program that watches it."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PROBE = bytes(4096)
"""What is written to see whether anything can be: one block of most file systems."""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer `ok`, or status 503 with what is wrong: the database does not answer, or nothing can be written."""
    reason = _wrong_with_database() or _wrong_with_data_folder()
    return HttpResponse(reason or "ok", status=503 if reason else 200, content_type="text/plain")


def _wrong_with_database() -> str | None:
    name = str(connection.settings_dict["NAME"])
    # A file that was removed still answers whoever has it open, and whoever opens it anew makes an empty one.
    if connection.vendor == "sqlite" and Path(name).is_absolute() and not Path(name).is_file():
        return "the file of the database is gone"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_session LIMIT 1")  # a table of ours: it has to be read
            cursor.fetchone()
    except DatabaseError:
        return "the database does not answer"
    return None


def _wrong_with_data_folder() -> str | None:
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR, buffering=0) as file:
            file.write(PROBE)
    except OSError as error:
        return f"nothing can be written to the data folder: {error.strerror}"
    return None
