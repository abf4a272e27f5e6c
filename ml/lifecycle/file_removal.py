"""Files of rows that are being deleted: announced before, removed after, by whoever comes next if need be.

An announcement is a small file in the data folder, locked for as long as its deletion lasts. One that nobody holds was
left by a program that ended in between: if its row is still there, nothing was deleted; if not, the files are removed.
"""

import json
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from django.apps import apps
from django.conf import settings

from ml.models.owned import Owned
from perception.core.file_lock import FileLock
from perception.core.storage.folders import delete_files, remove_empty_folder

logger = logging.getLogger(__name__)


def announcements() -> Path:
    """Return the folder of the announcements."""
    return Path(settings.DATA_DIR) / "removals"


@contextmanager
def announced_removal(row: Owned, files: Sequence[str]) -> Iterator[Callable[[], None]]:
    """Announce that files are to be removed; before, remove those that a deletion left which was cut off.

    Parameters
    ----------
    row
        Whose files they are.
    files
        Their paths in the storage.

    Yields
    ------
    What removes them, to be called once the transaction that deletes the row is committed.
    """
    folder = announcements()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with FileLock(folder / "lock"):
            _finish_abandoned(folder)
            path = folder / f"{uuid.uuid4()}.json"
            descriptor = stack.enter_context(FileLock(path))
            with os.fdopen(descriptor, "w", encoding="utf-8", closefd=False) as announcement:
                json.dump({"model": row._meta.label, "pk": row.pk, "files": list(files)}, announcement)
            os.fsync(descriptor)
        try:
            yield partial(_finish, path)
        except BaseException:
            _finish(path)  # the row is still there: the announcement goes
            raise


def _finish_abandoned(folder: Path) -> None:
    for path in sorted(folder.glob("*.json")):
        with ExitStack() as stack:
            try:
                stack.enter_context(FileLock(path, wait=False, create=False))
            except (FileNotFoundError, BlockingIOError):  # it ended just now, or lasts
                continue
            _finish(path)


def _finish(path: Path) -> None:
    """Do what an announcement says, unless its row is still there; it stays where a file could not be removed."""
    try:
        announced = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except json.JSONDecodeError:  # its program ended while it wrote it, before anything was deleted
        path.unlink(missing_ok=True)
        return
    if not apps.get_model(announced["model"])._default_manager.filter(pk=announced["pk"]).exists():
        try:
            _remove(announced["files"])
        except OSError as error:
            logger.warning("Files of deleted rows could not be removed; the next deletion tries again: %s", error)
            return
    path.unlink(missing_ok=True)


def _remove(files: Sequence[str]) -> None:
    delete_files(files)
    for folder in {str(PurePosixPath(file).parent) for file in files}:
        if "/" in folder:
            remove_empty_folder(folder)
