"""The folder in which a pair set is made: its manifest, its inputs, its shards."""

import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from ml.models import PairSet, Run
from ml.runs.cleanup import remove_pair_files
from ml.runs.storage import pairs_folder


def work_folder(uid: uuid.UUID | str) -> Path:
    """Return the folder in which the pair set of that uid is made."""
    return Path(settings.WORK_DIR) / f"pairs-{uid}"


def remove_work_folder(uid: uuid.UUID | str) -> None:
    """Remove it, if this machine sees it."""
    shutil.rmtree(work_folder(uid), ignore_errors=True)


def remove_unfinished_pairs(run: Run) -> int:
    """Remove what a run left that made no pair set; return how many files of the storage that were."""
    uid = run.options.get("uid")
    if uid is None or PairSet.objects.filter(uid=uid).exists():
        return 0
    remove_work_folder(uid)
    removed = remove_pair_files(uid)
    if default_storage.exists(pairs_folder(uid)):
        default_storage.delete(pairs_folder(uid))
    return removed
