"""The pieces of an upload: announced, received in order, resumed where they broke off, removed.

A piece says where in its file it begins. One that is there already is not written twice, and one that would leave a gap
is answered with where the file ends: whoever sends goes on from there, after a lost connection or a page that was
closed. A file that has the size which was announced is complete.
"""

import datetime as dt
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from ml.datasets.readers.files import printable
from ml.errors import MlError
from ml.models import Run, Upload
from ml.runs.status import ON_THE_WAY
from ml.uploads.limits import MOST_UPLOADS, PIECE, AnnouncedFile, check_room, safe_below, why_not_taken
from perception.core.file_lock import FileLock
from perception.core.formatting import localized

KEPT_FOR = dt.timedelta(days=7)
"""An upload that nobody touched for so long, and no run is to read, is removed when the next one begins."""
FILES, LOCK = "files", "lock"


@dataclass(frozen=True, slots=True)
class GapError(Exception):
    """A piece begins beyond the end of what was received."""

    received: int


def uploads_folder() -> Path:
    """Return the folder of all uploads, in the data folder and not among the images."""
    return Path(settings.DATA_DIR) / "uploads"


def folder_of_upload(uid: uuid.UUID | str) -> Path:
    """Return where an upload's files lie, with the paths under which they were announced."""
    return uploads_folder() / str(uid) / FILES


def source_of(upload: Upload) -> Path:
    """Return what an import is to read: the zip, where the upload is one; the folder that was chosen; else all files.

    A browser puts the name of a folder that was chosen before the path of each file in it.
    """
    folder = folder_of_upload(upload.uid)
    if len(upload.files) == 1 and upload.files[0]["path"].lower().endswith(".zip"):
        return safe_below(folder, upload.files[0]["path"])
    tops = {PurePosixPath(file["path"]).parts[0] for file in upload.files}
    lie_in_one = len(tops) == 1 and all(len(PurePosixPath(file["path"]).parts) > 1 for file in upload.files)
    return safe_below(folder, tops.pop()) if lie_in_one else folder


def begin_upload(*, name: str, files: Sequence[AnnouncedFile], by: User) -> tuple[Upload, dict[str, str]]:
    """Announce files that are to be sent; take up the same person's unfinished upload of the very same.

    Parameters
    ----------
    name
        What it is called in lists: of the zip, or of the folder.

    Returns
    -------
    The upload, with the files that are taken, and why others are not, by their paths.

    Raises
    ------
    MlError
        None can be taken, or they are more than may be sent, or too many uploads of theirs are there.
    """
    sweep_uploads()
    refused = {file.path: reason for file in files if (reason := why_not_taken(file))}
    taken = sorted((file for file in files if file.path not in refused), key=lambda file: file.path)
    if len({file.path for file in taken}) < len(taken):
        raise MlError(gettext("Several of these files have one path."))
    listed = [asdict(file) for file in taken]
    _check_no_file_is_a_folder(taken)
    with transaction.atomic():
        # Of one person one at a time: two at once would each find the room that is there for one.
        User.objects.select_for_update().get(pk=by.pk)
        own = list(Upload.objects.filter(owner=by).order_by("-pk"))
        for upload in own:
            if upload.files == listed:
                upload.save(update_fields=["touched_at"])
                return upload, refused
        check_room(taken, taken=sum(upload.size for upload in own))
        if len(own) >= MOST_UPLOADS:
            raise MlError(
                gettext("%(n)d uploads of yours are there, and there may be no more: remove earlier ones.")
                % {"n": len(own)}
            )
        upload = Upload.objects.create(owner=by, name=printable(name.strip() or "files")[:100], files=listed)
    folder_of_upload(upload.uid).mkdir(parents=True)
    return upload, refused


def received_of(upload: Upload) -> list[int]:
    """Return how many bytes of each file are there."""
    folder = folder_of_upload(upload.uid)
    return [_size(safe_below(folder, file["path"])) for file in upload.files]


def is_complete(upload: Upload) -> bool:
    """Say whether all bytes of all files are there."""
    return received_of(upload) == [file["size"] for file in upload.files]


def receive_piece(upload: Upload, place: int, *, offset: int, data: bytes) -> int:
    """Write a piece of a file; return how many bytes of the file are there.

    Parameters
    ----------
    place
        Of the file in the upload's list.
    offset
        Where in the file the piece begins, in bytes.
    data
        At most `PIECE` bytes.

    Raises
    ------
    GapError
        It begins beyond the end of what is there.
    MlError
        No such file, or more bytes than were announced.
    """
    if not 0 <= place < len(upload.files):
        raise MlError(
            gettext("The upload %(name)s has no file number %(place)s.") % {"name": upload.name, "place": place}
        )
    file = upload.files[place]
    if offset < 0 or not 0 < len(data) <= PIECE or offset + len(data) > file["size"]:
        raise MlError(
            gettext("%(file)s: these bytes are not of the file that was announced (%(file2)s bytes).")
            % {"file": file["path"], "file2": localized(f"{file['size']:,}")}
        )
    path = safe_below(folder_of_upload(upload.uid), file["path"])
    with FileLock(folder_of_upload(upload.uid).parent / LOCK):
        path.parent.mkdir(parents=True, exist_ok=True)
        there = _size(path)
        if offset > there:
            raise GapError(there)
        if new := data[there - offset :]:
            with path.open("ab") as opened:
                opened.write(new)
            there += len(new)
    if timezone.now() - upload.touched_at > dt.timedelta(minutes=1):
        upload.save(update_fields=["touched_at"])
    return there


def remove_upload(upload: Upload) -> None:
    """Remove an upload, its files once the row is gone for good."""
    folder = folder_of_upload(upload.uid).parent
    with transaction.atomic():
        upload.delete()
        transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def remove_upload_of(source: Path | str) -> None:
    """Remove the upload that an import has read; nothing where it read something else."""
    uid = _uid_in(source)
    for upload in Upload.objects.filter(uid=uid) if uid is not None else ():
        remove_upload(upload)


def remove_upload_read_by(run: Run) -> None:
    """Remove the upload that the run of an import has read to its end; nothing where it read something else."""
    # Where the options of an import say what it reads.
    remove_upload_of(str(run.options.get("folder" if run.kind == Run.Kind.IMPORT_DATASET else "source")))


def sweep_uploads() -> None:
    """Remove uploads that nobody touched for a week and no run is to read, and folders that no upload has."""
    for upload in _untouched():
        remove_upload(upload)
    for folder in _strays():
        shutil.rmtree(folder, ignore_errors=True)


def n_left_over() -> int:
    """Return how many uploads and folders `sweep_uploads` would remove now."""
    return _untouched().count() + sum(1 for _ in _strays())


def _untouched() -> models.QuerySet[Upload]:
    old = Upload.objects.filter(touched_at__lt=timezone.now() - KEPT_FOR)
    return old.exclude(uid__in=_uids_that_runs_need())


def _uids_that_runs_need() -> set[uuid.UUID]:
    """Return the uids of the uploads that a run is to read, however long it waits for its turn."""
    runs = Run.objects.filter(state__in=ON_THE_WAY).only("options")
    named = (_uid_in(value) for run in runs for value in run.options.values() if isinstance(value, str))
    return {uid for uid in named if uid is not None}


def _uid_in(path: Path | str) -> uuid.UUID | None:
    """Return the uid of the upload that a path lies in; None where it lies in none."""
    try:
        return uuid.UUID(Path(path).relative_to(uploads_folder()).parts[0])
    except (ValueError, IndexError):
        return None


def _strays() -> Iterator[Path]:
    kept = {str(uid) for uid in Upload.objects.values_list("uid", flat=True)}
    for folder in _folders():
        made = dt.datetime.fromtimestamp(folder.stat().st_mtime, tz=dt.UTC)
        # One that is being begun has its folder before others see its row.
        if folder.name not in kept and timezone.now() - made > dt.timedelta(hours=1):
            yield folder


def _folders() -> Iterator[Path]:
    if uploads_folder().is_dir():
        yield from (path for path in uploads_folder().iterdir() if path.is_dir())


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _check_no_file_is_a_folder(files: Sequence[AnnouncedFile]) -> None:
    paths = {file.path for file in files}
    for file in files:
        parts = file.path.split("/")
        if above := next((path for depth in range(1, len(parts)) if (path := "/".join(parts[:depth])) in paths), None):
            raise MlError(
                gettext("%(above)s is a file, and the folder of %(path)s.") % {"above": above, "path": file.path}
            )
