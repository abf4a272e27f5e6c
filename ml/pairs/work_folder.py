"""The folder in which a pair set is made: its manifest, its inputs, its shards."""

import shutil
import uuid
from pathlib import Path

from django.conf import settings

from ml.models import Run
from ml.pairs.engines.slurm import end_jobs
from ml.runs.checkpoints import has_checkpoint

PREFIX = "pairs-"
ENDED = (Run.State.SUCCEEDED, Run.State.FAILED, Run.State.INTERRUPTED, Run.State.CANCELLED)


def work_folder(uid: uuid.UUID | str) -> Path:
    """Return the folder in which the pair set of that uid is made."""
    return Path(settings.WORK_DIR) / f"{PREFIX}{uid}"


def remove_work_folder(uid: uuid.UUID | str) -> None:
    """Remove it, if this machine sees it, and cancel the jobs that work in it."""
    end_jobs(work_folder(uid))
    shutil.rmtree(work_folder(uid), ignore_errors=True)


def remove_work_folder_of(run: Run) -> int:
    """Remove the folder of a run that made no pair set; no file of the storage is in it."""
    if (uid := run.options.get("uid")) is not None:
        remove_work_folder(uid)
    return 0


def remove_ended_work_folders() -> None:
    """Remove what runs left here that ended on another machine. What a run collected lies in the storage."""
    uids = {folder.name.removeprefix(PREFIX) for folder in Path(settings.WORK_DIR).glob(f"{PREFIX}*")}
    runs = Run.objects.filter(kind=Run.Kind.MAKE_PAIRS, state__in=ENDED)
    for options in runs.values_list("options", flat=True) if uids else ():
        uid = options.get("uid")
        if uid in uids and not has_checkpoint(uid):
            remove_work_folder(uid)
