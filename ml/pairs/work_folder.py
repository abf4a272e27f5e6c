"""The folder in which a pair set is made: its manifest, its inputs, its shards."""

import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from ml.models import PairSet, Run
from ml.pairs.engines.slurm import end_jobs
from ml.runs.checkpoints import has_checkpoint
from ml.runs.cleanup import remove_pair_files
from ml.runs.storage import pairs_folder

PREFIX = "pairs-"
ENDED = (Run.State.SUCCEEDED, Run.State.FAILED, Run.State.INTERRUPTED, Run.State.CANCELLED)


def work_folder(uid: uuid.UUID | str) -> Path:
    """Return the folder in which the pair set of that uid is made."""
    return Path(settings.WORK_DIR) / f"{PREFIX}{uid}"


def remove_work_folder(uid: uuid.UUID | str) -> None:
    """Remove it, if this machine sees it, and cancel the jobs that work in it."""
    end_jobs(work_folder(uid))
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


def remove_ended_work_folders() -> None:
    """Remove what runs left here that ended on another machine. What a run collected lies in the storage."""
    uids = {folder.name.removeprefix(PREFIX) for folder in Path(settings.WORK_DIR).glob(f"{PREFIX}*")}
    runs = Run.objects.filter(kind=Run.Kind.MAKE_PAIRS, state__in=ENDED)
    for options in runs.values_list("options", flat=True) if uids else ():
        uid = options.get("uid")
        if uid in uids and not has_checkpoint(uid):
            remove_work_folder(uid)
