"""Whether every file that a row names is there as it was stored, and whether there are others."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from functools import partial

from django.core.files.storage import default_storage
from django.utils import timezone

from ml.images.prefetch import prefetched
from ml.models import Run
from ml.runs.checkpoints import uids_with_checkpoint
from ml.runs.status import ON_THE_WAY
from perception.core.storage.named_files import NamedFile, named_files
from studies.integrity.finding import Finding

YOUNG = dt.timedelta(days=1)
"""A file that no row names may belong to an import that is under way for so long: its rows come last."""
PUT_BACK = "Put this file back from a backup"
CHUNK = 1024 * 1024
MEND = {
    "ml.Image": f"{PUT_BACK}, or import the dataset again under another name.",
    "ml.ImagePair": f"{PUT_BACK}, or make the pairs anew under another name; an open study has files of its own.",
    "ml.Classifier": f"{PUT_BACK}, or train the classifier again under another name.",
    "ml.Attack": f"{PUT_BACK}, or train the attack again under another name.",
    "ml.CheckpointPart": "Discard the run on its page, and start it again.",
    "ml.UploadPiece": "Remove the upload on the page that imports it, and send the files again.",
    "studies.Stimulus": f"{PUT_BACK}; until then observers go on without this image.",
}
"""By the model of the row that names the file."""


def wrong_files(*, reads: bool) -> Iterator[Finding]:
    """Yield the files that a row names and that are missing or altered.

    Parameters
    ----------
    reads
        Whether each file is read and its hash computed; otherwise it is only looked for.
    """
    with prefetched(partial(_look_at, reads=reads), named_files()) as looked_at:
        for finding in looked_at:
            if finding is not None:
                yield finding


def unnamed_files() -> Iterator[Finding]:
    """Yield the files that no row names, but those that something under way may have written."""
    named = {file.name for file in named_files()}
    under_way = {str(run.options.get("uid")) for run in Run.objects.filter(state__in=ON_THE_WAY).only("options")}
    under_way |= uids_with_checkpoint()  # one that was cut off goes on with what it has
    since = timezone.now() - YOUNG
    for name in _walk(""):
        if name in named or any(uid in name for uid in under_way):
            continue
        try:
            if default_storage.get_modified_time(name) > since:
                continue
        except FileNotFoundError:  # it went meanwhile
            continue
        yield Finding(
            "file-without-row",
            name,
            "No row of the database names this file.",
            "It takes room and does no harm; `manage.py check_integrity --remove-unnamed` removes such files.",
        )


def _look_at(file: NamedFile, *, reads: bool) -> Finding | None:
    wrong = _wrong_with(file, reads=reads)
    if wrong is None:
        return None
    kind, told = wrong
    label = file.column.model._meta.label
    return Finding(kind, f"{label} {file.pk}: {file.name}", told, MEND.get(label, f"{PUT_BACK}."))


def _wrong_with(file: NamedFile, *, reads: bool) -> tuple[str, str] | None:
    try:
        if not reads:
            return None if default_storage.exists(file.name) else ("file-missing", "The file is not in the storage.")
        digest = hashlib.sha256()
        with default_storage.open(file.name) as opened:
            while chunk := opened.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return "file-missing", "The file is not in the storage."
    except OSError as error:
        return "file-unreadable", f"The file cannot be read: {error.strerror}."
    if file.sha256 and digest.hexdigest() != file.sha256:
        return "file-altered", "The file is not the one that was stored: its hash is another."
    return None


def _walk(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    below = f"{folder}/" if folder else ""
    yield from (f"{below}{name}" for name in names)
    for one in folders:
        yield from _walk(f"{below}{one}")
