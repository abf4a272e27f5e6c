"""Files that a browser sent, copied here from the storage: what reads an import reads files on a disk.

A run names an upload, and not where its files lie: the web server that received them, the one that judges the import
and the worker that carries it out may be three machines, which share the storage of files and no folder.
"""

import os
import shutil
import uuid
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.utils.translation import gettext

from ml.datasets.readers.files import printable
from ml.errors import MlError
from ml.images.prefetch import prefetched
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models import Upload, UploadPiece

REFERENCE = "upload:"
"""What begins the text that names an upload; its uid follows, and the path below it that is meant."""
KEPT_FREE = 1_000_000_000
"""Bytes that stay free on the disk: observers' answers are written there too."""


def reference_to(upload: Upload) -> str:
    """Return what names, for a run, what it is to read: the zip, the folder that was chosen, or else all files.

    A browser puts the name of a folder that was chosen before the path of each file in it.
    """
    return f"{REFERENCE}{upload.uid}/{_read_below(upload)}".rstrip("/")


def uid_in(text: str) -> uuid.UUID | None:
    """Return the uid of the upload that a text names; None where it names none."""
    try:
        return uuid.UUID(text.removeprefix(REFERENCE).partition("/")[0]) if text.startswith(REFERENCE) else None
    except ValueError:
        return None


def local_source(text: str) -> Path:
    """Return where on this machine lies what an import is to read: a path as it stands; an upload, once copied here.

    Raises
    ------
    MlError
        The upload is gone, not whole, or damaged; or there is no room for a copy of it.
    """
    uid = uid_in(text)
    if uid is None:
        return Path(text)
    upload = Upload.objects.filter(uid=uid).first()
    if upload is None:
        raise MlError(gettext("These files are not whole, or not here any more: send them again."))
    folder = copy_of_upload(uid)
    if not folder.is_dir():
        _copy(upload, folder)
    return safe_below(folder, text.removeprefix(REFERENCE).partition("/")[2] or ".")


def copies_folder() -> Path:
    """Return the folder of this machine's copies of uploads, in the data folder."""
    return Path(settings.DATA_DIR) / "sent"


def copy_of_upload(uid: uuid.UUID | str) -> Path:
    """Return the folder of this machine's copy of an upload; it is there whole or not at all."""
    return copies_folder() / str(uid)


def remove_copy(uid: uuid.UUID | str) -> None:
    """Remove this machine's copy of an upload."""
    shutil.rmtree(copy_of_upload(uid), ignore_errors=True)


def safe_below(root: Path, path: str) -> Path:
    """Return where a file lies that was announced by that path.

    Raises
    ------
    MlError
        It would lie elsewhere.
    """
    target = root / path
    if not Path(os.path.realpath(target)).is_relative_to(Path(os.path.realpath(root))):
        raise MlError(gettext("%(path)s leads elsewhere.") % {"path": printable(path)})
    return target


def _read_below(upload: Upload) -> str:
    paths = [PurePosixPath(file["path"]) for file in upload.files]
    if len(paths) == 1 and paths[0].suffix.lower() == ".zip":
        return str(paths[0])
    tops = {path.parts[0] for path in paths}
    return tops.pop() if len(tops) == 1 and all(len(path.parts) > 1 for path in paths) else ""


def _copy(upload: Upload, folder: Path) -> None:
    """Put the files of an upload together; another process that does the same at this moment does no harm."""
    pieces = list(upload.pieces.all())
    if sum(piece.size for piece in pieces) != upload.size:
        raise MlError(gettext("These files are not whole, or not here any more: send them again."))
    folder.parent.mkdir(exist_ok=True)
    free = shutil.disk_usage(folder.parent).free - KEPT_FREE
    if free < upload.size:
        raise MlError(
            gettext("There is no room on the disk to put %(upload)s together. Make room, and ask again.")
            % {"upload": upload}
        )
    new = folder.with_name(f"{folder.name}.{uuid.uuid4()}")
    new.mkdir()
    try:
        with prefetched(_read, pieces) as read:
            for piece, data in zip(pieces, read, strict=True):
                path = safe_below(new, upload.files[piece.place]["path"])
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    file.write(data)
        if not folder.is_dir():
            new.rename(folder)
    except OSError as error:
        if folder.is_dir():  # another process was quicker
            return
        raise MlError(
            gettext("%(upload)s cannot be put together (%(strerror)s). Ask again, or send the files again.")
            % {"upload": upload, "strerror": error.strerror}
        ) from error
    except AlteredFileError as error:
        raise MlError(gettext("What was sent as %(upload)s is damaged: send it again.") % {"upload": upload}) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _read(piece: UploadPiece) -> bytes:
    return read_unaltered(piece.file, piece.sha256)
