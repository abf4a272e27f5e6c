"""A disk that is full, told from other errors and said in words."""

import errno
import shutil
import sqlite3
import tempfile

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext

from ml.errors import MlError
from perception.core.formatting import localized

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


# A pair's two PNG files together, per channel of a pixel of one of them: 1.03 bytes were measured on HAM10000's images
# at 224 × 224, with a change of 8 levels as rough as noise.
BYTES = 1.1


def check_room_for_pairs(count: int, side: int) -> None:
    """Refuse to begin where the pairs' files will not fit.

    Only a storage on a disk can be asked for its room.

    Raises
    ------
    MlError
        With how much is wanted and how much there is.
    """
    wanted = room_for_pairs(count, side)
    # The storage is behind a proxy, which has the class of what it stands for.
    if not isinstance(default_storage, FileSystemStorage):
        return
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < wanted:
        raise MlError(
            gettext(
                "%(count)s pairs of %(side)s × %(side)s pixels take about %(wanted)s, and %(free)s are free "
                "where the data lie (%(data_dir)s). Make room, or ask for fewer (--limit)."
            )
            % {
                "count": localized(f"{count:,}"),
                "side": side,
                "wanted": _size(wanted),
                "free": _size(free),
                "data_dir": settings.DATA_DIR,
            }
        )


def room_for_pairs(count: int, side: int) -> int:
    """Estimate how many bytes the files of pairs take."""
    return round(count * side * side * 3 * BYTES)


def _size(count: int) -> str:
    if count < 10**9:
        return f"{count / 1e6:,.0f} MB"
    return f"{count / 1e9:,.1f} GB"
