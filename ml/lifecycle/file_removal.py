"""Files of rows that are deleted: put down with the deletion, in its transaction, and removed after it.

Whoever deletes removes them at once. If that program ends in between, or a file cannot be removed, whoever deletes next
does, or a worker. Two that remove the same files do no harm to one another.
"""

import logging
from collections.abc import Sequence
from pathlib import PurePosixPath

from ml.models import Removal
from perception.core.storage.folders import delete_files, remove_empty_folder

logger = logging.getLogger(__name__)


def announce_removal(files: Sequence[str]) -> None:
    """Put down that files are to be removed. To be called in the transaction that deletes their rows.

    Parameters
    ----------
    files
        Their names in the storage.
    """
    Removal.objects.create(files=list(files))


def finish_removals() -> None:
    """Remove the files of all deletions; those that cannot be removed are tried again the next time."""
    for removal in Removal.objects.all():
        try:
            _remove(removal.files)
        except OSError as error:
            logger.warning("Files of deleted rows could not be removed; that is tried again: %s", error)
        else:
            Removal.objects.filter(pk=removal.pk).delete()


def _remove(files: Sequence[str]) -> None:
    delete_files(files)
    for folder in {str(PurePosixPath(file).parent) for file in files}:
        if "/" in folder:
            remove_empty_folder(folder)
