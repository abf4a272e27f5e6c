"""A disk that is full, told from other errors and said in words."""

import errno
import shutil
import sqlite3
import tempfile

from django.conf import settings

REASONS = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The disk quota is used up",
    errno.EFBIG: "A file would be larger than is allowed here (`ulimit -f`, or the file system)",
}

# SQLite calls a full disk full when it writes rows; when it cannot even open its log, it says that something failed.
NO_SPACE = 100_000  # bytes


def no_room(error: BaseException) -> str | None:
    """Return what is to be done if the error, or one behind it, is that there is no room; None if it is another."""
    seen: BaseException | None = error
    while seen is not None:
        if reason := _reason(seen):
            return (
                f"{reason}: make room where the data lie ({settings.DATA_DIR}) and where temporary files do "
                f"({tempfile.gettempdir()})."
            )
        seen = seen.__cause__ or seen.__context__
    return None


def _reason(error: BaseException) -> str | None:
    if isinstance(error, OSError):
        return REASONS.get(error.errno or 0)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        failed = code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
        if code == sqlite3.SQLITE_FULL or (failed and shutil.disk_usage(settings.DATA_DIR).free < NO_SPACE):
            return REASONS[errno.ENOSPC]
    return None
