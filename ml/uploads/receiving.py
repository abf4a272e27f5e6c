"""The pieces of an upload: announced, received in order, resumed where they broke off, removed.

A piece says where in its file it begins. One that is there already is not written twice, and one that would leave a gap
is answered with where the file ends: whoever sends goes on from there, after a lost connection or a page that was
closed. A file that has the size which was announced is complete. Each piece is a file of the storage and a row, so that
any web server takes any piece.
"""

import datetime as dt
import hashlib
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from ml.datasets.readers.files import printable
from ml.datasets.sent_files import copies_folder, remove_copy, uid_in
from ml.errors import MlError
from ml.models import Run, Upload, UploadPiece
from ml.runs.status import ON_THE_WAY
from ml.uploads.limits import MOST_UPLOADS, PIECE, AnnouncedFile, check_room, why_not_taken
from perception.core.formatting import localized
from perception.core.storage.folders import delete_files, empty_folder

KEPT_FOR = dt.timedelta(days=7)
"""An upload that nobody touched for so long, and no run is to read, is removed when the next one begins."""
COPIED_WITHIN = dt.timedelta(days=1)
"""A copy of an upload that is not whole after so long was begun by a program that ended."""
UPLOADS = "uploads"
"""The folder of all uploads, in the storage."""


@dataclass(frozen=True, slots=True)
class GapError(Exception):
    """A piece begins beyond the end of what was received."""

    received: int


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
    return upload, refused


def received_of(upload: Upload) -> list[int]:
    """Return how many bytes of each file are there."""
    return _received([upload])[upload.pk]


def complete_among(uploads: Sequence[Upload]) -> list[Upload]:
    """Return those uploads of which all bytes of all files are there (one query)."""
    received = _received(uploads)
    return [upload for upload in uploads if received[upload.pk] == [file["size"] for file in upload.files]]


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
    there = _received([upload])[upload.pk][place]
    if offset > there:
        raise GapError(there)
    if new := data[there - offset :]:
        there = _keep(upload, place, offset=there, data=new)
    if timezone.now() - upload.touched_at > dt.timedelta(minutes=1):
        upload.save(update_fields=["touched_at"])
    return there


def remove_upload(upload: Upload) -> None:
    """Remove an upload, its files once the row is gone for good."""
    uid, files = upload.uid, list(upload.pieces.values_list("file", flat=True))
    with transaction.atomic():
        upload.delete()
        transaction.on_commit(lambda: _remove_files(uid, files))


def remove_upload_of(source: str) -> None:
    """Remove the upload that an import has read; nothing where it read something else."""
    uid = uid_in(source)
    for upload in Upload.objects.filter(uid=uid) if uid is not None else ():
        remove_upload(upload)


def remove_upload_read_by(run: Run) -> None:
    """Remove the upload that the run of an import has read to its end; nothing where it read something else."""
    # Where the options of an import say what it reads.
    remove_upload_of(str(run.options.get("folder" if run.kind == Run.Kind.IMPORT_DATASET else "source")))


def sweep_uploads() -> None:
    """Remove uploads that nobody touched for a week and no run is to read, and files that no upload has."""
    for upload in _untouched():
        remove_upload(upload)
    for folder in _strays():
        empty_folder(folder)
    for copy in _stray_copies():
        shutil.rmtree(copy, ignore_errors=True)


def n_left_over() -> int:
    """Return how many uploads and folders `sweep_uploads` would remove now."""
    return _untouched().count() + len(_strays()) + sum(1 for _ in _stray_copies())


def _untouched() -> models.QuerySet[Upload]:
    old = Upload.objects.filter(touched_at__lt=timezone.now() - KEPT_FOR)
    return old.exclude(uid__in=_uids_that_runs_need())


def _uids_that_runs_need() -> set[uuid.UUID]:
    """Return the uids of the uploads that a run is to read, however long it waits for its turn."""
    runs = Run.objects.filter(state__in=ON_THE_WAY).only("options")
    named = (uid_in(value) for run in runs for value in run.options.values() if isinstance(value, str))
    return {uid for uid in named if uid is not None}


def _received(uploads: Sequence[Upload]) -> dict[int, list[int]]:
    """Return how many bytes of each file are there, by the uploads' keys (one query)."""
    sums = UploadPiece.objects.filter(upload__in=uploads).order_by().values_list("upload", "place")
    there = {(upload, place): size for upload, place, size in sums.annotate(models.Sum("size"))}
    return {upload.pk: [there.get((upload.pk, place), 0) for place in range(len(upload.files))] for upload in uploads}


def _keep(upload: Upload, place: int, *, offset: int, data: bytes) -> int:
    """Store a piece, unless another that begins there came first; return how many bytes of the file are there."""
    name = default_storage.save(f"{UPLOADS}/{upload.uid}/{uuid.uuid4()}", ContentFile(data))
    try:
        with transaction.atomic():
            UploadPiece.objects.create(
                upload=upload,
                place=place,
                offset=offset,
                size=len(data),
                file=name,
                sha256=hashlib.sha256(data).hexdigest(),
            )
    except IntegrityError:  # the same piece came twice at one time, or the upload was removed meanwhile
        default_storage.delete(name)
        return received_of(upload)[place]
    except BaseException:
        default_storage.delete(name)
        raise
    return offset + len(data)


def _remove_files(uid: uuid.UUID, files: Sequence[str]) -> None:
    delete_files(files)
    empty_folder(f"{UPLOADS}/{uid}")
    remove_copy(uid)


def _strays() -> list[str]:
    """Return the folders in the storage that no upload has. A row is there before its files, and goes before them."""
    try:
        folders, _ = default_storage.listdir(UPLOADS)
    except FileNotFoundError:
        return []
    kept = {str(uid) for uid in Upload.objects.values_list("uid", flat=True)}
    return [f"{UPLOADS}/{folder}" for folder in folders if folder not in kept]


def _stray_copies() -> Iterator[Path]:
    """Yield this machine's copies of uploads that are gone, those that were never whole, and earlier versions' uploads.

    Earlier versions kept uploads in the data folder alone; a run of theirs may still wait for its turn.
    """
    kept = {str(uid) for uid in Upload.objects.values_list("uid", flat=True)}
    for folder in _folders_in(copies_folder()):
        uid, _, is_part = folder.name.partition(".")
        if _age(folder) > COPIED_WITHIN if is_part else uid not in kept:
            yield folder
    for folder in _folders_in(Path(settings.DATA_DIR) / "uploads"):
        if folder.name not in kept and _age(folder) > KEPT_FOR:
            yield folder


def _folders_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_dir())


def _age(folder: Path) -> dt.timedelta:
    return timezone.now() - dt.datetime.fromtimestamp(folder.stat().st_mtime, tz=dt.UTC)


def _check_no_file_is_a_folder(files: Sequence[AnnouncedFile]) -> None:
    paths = {file.path for file in files}
    for file in files:
        parts = file.path.split("/")
        if above := next((path for depth in range(1, len(parts)) if (path := "/".join(parts[:depth])) in paths), None):
            raise MlError(
                gettext("%(above)s is a file, and the folder of %(path)s.") % {"above": above, "path": file.path}
            )
