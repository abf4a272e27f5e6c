"""An import's claim on the folder that it writes to, so that what a killed import left is swept, and nothing else.

An import writes files first and rows last, in one transaction: a file without a row belongs either to an import that
still runs or to one that died. A claim tells them apart. It is a small file in the data folder, locked by the
process for as long as it lives; the operating system takes the lock away with the process, however it ends. The next
import finds claims that nobody holds, and removes what their folders have and no row mentions.

Claims are made and swept under one lock, so that no claim can be taken for abandoned while it is being made.
"""

import json
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import locks
from django.core.files.storage import default_storage

from ml.errors import MlError
from ml.models import Image
from ml.runs.storage import folder_of

logger = logging.getLogger(__name__)


@contextmanager
def claimed_folder(*, dataset_uid: uuid.UUID, name: str) -> Iterator[str]:
    """Claim a dataset's folder while the block runs; sweep before, and on the way out what the block left unused.

    Yields
    ------
    The folder's path in the default storage.

    Raises
    ------
    MlError
        Another import into a dataset of this name is running.
    """
    claims = Path(settings.DATA_DIR) / "imports"
    claims.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with _alone(claims):
            _sweep(claims, name=name)
            path = claims / f"{uuid.uuid4()}.claim"
            claim = stack.enter_context(path.open("w", encoding="utf-8"))
            locks.lock(claim, locks.LOCK_EX)
            json.dump({"dataset": str(dataset_uid), "name": name}, claim)
            claim.flush()
            os.fsync(claim.fileno())
        folder = folder_of(dataset_uid)
        try:
            yield folder
        finally:
            remove_unused_files(folder)
            path.unlink(missing_ok=True)


def remove_unused_files(folder: str) -> int:
    """Remove the files of a dataset's folder that no image has, and the folder if it is then empty; return how many.

    Only for a folder whose claim is held: a running import's files have no rows yet.
    """
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    used = set(Image.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
    unused = [path for path in (f"{folder}/{name}" for name in names) if path not in used]
    for path in unused:
        default_storage.delete(path)
    if not folders and len(unused) == len(names):
        default_storage.delete(folder)
    return len(unused)


@contextmanager
def _alone(claims: Path) -> Iterator[None]:
    """Let one process at a time make or sweep claims."""
    with (claims / "lock").open("w", encoding="utf-8") as lock:
        locks.lock(lock, locks.LOCK_EX)
        yield


def _sweep(claims: Path, *, name: str) -> None:
    """Clear up after every claim that nobody holds; refuse if a held one is for a dataset called `name`."""
    for path in sorted(claims.glob("*.claim")):
        try:
            claim = path.open("r+", encoding="utf-8")
        except FileNotFoundError:  # its import ended just now
            continue
        with claim:
            is_abandoned = locks.lock(claim, locks.LOCK_EX | locks.LOCK_NB)
            try:
                content = json.load(claim)
            except json.JSONDecodeError:  # the process died while it wrote it: no file of the import was there yet
                content = None
            if is_abandoned:
                if content is not None and (count := remove_unused_files(folder_of(content["dataset"]))):
                    logger.info("Removed %d files that a killed import of %r had left.", count, content["name"])
                path.unlink(missing_ok=True)
            elif content is not None and content["name"] == name:
                raise MlError(f"another import into the dataset {name!r} is running; wait for its end")
