"""How much may be uploaded, and what a file may be called: said before anything is sent, and held for each piece."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext

from ml.datasets.readers.files import MAX_BYTES
from ml.datasets.sent_files import KEPT_FREE
from ml.errors import MlError
from perception.core.formatting import localized

PIECE = 1024 * 1024
"""Bytes of one request: what signed-in people may send anyway, so that no address takes more."""
MOST_FILES = 10_000
MOST_UPLOADS = 50
"""Of one person at one time: each has a row and a folder, however few bytes it has."""
LONGEST_PATH = 200
LONGEST_NAME = 255
"""Bytes of one part of a path."""
_ZIP = ".zip"


@dataclass(frozen=True, slots=True)
class AnnouncedFile:
    """A file that a browser wants to send: its path below the folder that was chosen, and its size in bytes."""

    path: str
    size: int
    modified: int = 0
    """When it was last changed, in milliseconds since 1970: another file of that size is not taken for this one."""


def room_for_uploads(*, taken: int) -> int:
    """Return how many bytes somebody may still upload.

    Parameters
    ----------
    taken
        Bytes of their uploads that are there.
    """
    free = shutil.disk_usage(settings.DATA_DIR).free - KEPT_FREE
    # An import reads a copy of what was sent, which is put together where it runs.
    room = free // 2 if isinstance(default_storage, FileSystemStorage) else free
    return max(0, min(settings.UPLOAD_BYTES - taken, room))


def why_not_taken(file: AnnouncedFile) -> str:
    """Return why a file cannot be taken; nothing where it can."""
    path = PurePosixPath(file.path)
    if not file.path or len(file.path) > LONGEST_PATH or not file.path.isprintable() or "\\" in file.path:
        return gettext("its path has more than %(longest_path)s characters, or some that no file's name has") % {
            "longest_path": LONGEST_PATH
        }
    if _leads_elsewhere(path) or str(path) != file.path:
        return gettext("its path leads elsewhere")
    if any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
        return gettext("hidden, or an operating system's own")
    if file.size <= 0:
        return "empty"
    if file.size > MAX_BYTES and path.suffix.lower() != _ZIP:
        return gettext("larger than %(size)s MiB") % {"size": MAX_BYTES // 1024**2}
    return ""


def check_room(files: Sequence[AnnouncedFile], *, taken: int) -> None:
    """Refuse more files or bytes than may be uploaded.

    Raises
    ------
    MlError
        Says how many there are, and how many may be.
    """
    if not files:
        raise MlError(gettext("There is no file that can be taken."))
    if len(files) > MOST_FILES:
        raise MlError(
            gettext("%(n)s files; %(most_files)s may be sent at one time. Pack them into a zip.")
            % {"n": localized(f"{len(files):,}"), "most_files": localized(f"{MOST_FILES:,}")}
        )
    wanted, room = sum(file.size for file in files), room_for_uploads(taken=taken)
    if wanted > room:
        raise MlError(
            gettext(
                "These are %(wanted)s, and %(room)s may be sent: a person's uploads have at most "
                "%(upload_bytes)s (PERCEPTION_UPLOAD_BYTES), and %(kept_free)s of the disk stay free. Remove "
                "earlier uploads, or lay the files on the server and use the command."
            )
            % {
                "wanted": in_megabytes(wanted),
                "room": in_megabytes(room),
                "upload_bytes": in_megabytes(settings.UPLOAD_BYTES),
                "kept_free": in_megabytes(KEPT_FREE),
            }
        )


def in_megabytes(count: int) -> str:
    """Return a number of bytes for people."""
    return (
        gettext("%(size)s GB") % {"size": localized(f"{count / 1000000000.0:,.1f}")}
        if count >= 10**9
        else gettext("%(size)s MB") % {"size": localized(f"{count / 1000000.0:,.1f}")}
    )


def _leads_elsewhere(path: PurePosixPath) -> bool:
    """Whether a path names the folder itself or one outside it, or a name that no file system takes."""
    if not path.parts or path.is_absolute() or ".." in path.parts:
        return True
    return max(map(_bytes, path.parts)) > LONGEST_NAME


def _bytes(text: str) -> int:
    return len(text.encode())
