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
from typing import TypedDict

from django.conf import settings

from ml.errors import MlError
from ml.models import Image
from ml.runs.storage import folder_of
from perception.core.file_lock import FileLock
from perception.core.storage.folders import empty_folder

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
        with FileLock(claims / "lock"):
            _sweep(claims, name=name)
            path = claims / f"{uuid.uuid4()}.claim"
            descriptor = stack.enter_context(FileLock(path))
            with os.fdopen(descriptor, "w", encoding="utf-8", closefd=False) as claim:
                json.dump({"dataset": str(dataset_uid), "name": name}, claim)
            os.fsync(descriptor)
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
    used = set(Image.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
    return empty_folder(folder, but=used)


def _sweep(claims: Path, *, name: str) -> None:
    """Clear up after every claim that nobody holds; refuse if a held one is for a dataset called `name`."""
    for path in sorted(claims.glob("*.claim")):
        with ExitStack() as stack:
            try:
                stack.enter_context(FileLock(path, wait=False, create=False))
            except FileNotFoundError:  # its import ended just now
                continue
            except BlockingIOError:
                if (claim := _read_claim(path)) and claim["name"] == name:
                    raise MlError(f"another import into the dataset {name!r} is running; wait for its end") from None
                continue
            if (claim := _read_claim(path)) and (count := remove_unused_files(folder_of(claim["dataset"]))):
                logger.info("Removed %d files that a killed import of %r had left.", count, claim["name"])
            path.unlink(missing_ok=True)


class _Claim(TypedDict):
    dataset: str
    name: str


def _read_claim(path: Path) -> _Claim | None:
    """Return what the claim says; None if its import has just ended, or died while it wrote it, before any file."""
    try:
        claim: _Claim = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return claim
