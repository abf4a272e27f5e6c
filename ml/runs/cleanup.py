"""The files of a run that did not come to its end."""

import logging
from collections.abc import Collection

from django.core.files.storage import default_storage
from django.db import models

from ml.models import Attack, Classifier, PairSet, Run
from ml.runs.registry import remover_of_unfinished
from ml.runs.storage import network_path, pairs_folder

logger = logging.getLogger(__name__)

MADE: dict[str, type[models.Model]] = {
    Run.Kind.TRAIN_CLASSIFIER: Classifier,
    Run.Kind.ADD_CLASSIFIER: Classifier,
    Run.Kind.TRAIN_ATTACK: Attack,
    Run.Kind.MAKE_PAIRS: PairSet,
    Run.Kind.IMPORT_PAIRS: PairSet,
}


def remove_unfinished_files(run: Run) -> int:
    """Remove what a run wrote, unless what it was to make is there; return how many files that were."""
    if (remove := remover_of_unfinished(run.kind)) is not None:
        return remove(run)
    model, uid = MADE.get(run.kind), run.options.get("uid")
    if model is None or uid is None or model._default_manager.filter(uid=uid).exists():
        return 0
    removed = remove_pair_files(uid)
    if default_storage.exists(network_path(uid)):
        default_storage.delete(network_path(uid))
        removed += 1
    if default_storage.exists(pairs_folder(uid)):
        default_storage.delete(pairs_folder(uid))
    if removed:
        logger.info("Removed %d file(s) that run %d had left.", removed, run.pk)
    return removed


def remove_pair_files(uid: object, *, but: Collection[str] = ()) -> int:
    """Remove the images of the pair set of that uid, but those whose names in the storage are given."""
    try:
        _, names = default_storage.listdir(pairs_folder(uid))
    except FileNotFoundError:
        return 0
    removed = 0
    for name in names:
        path = f"{pairs_folder(uid)}/{name}"
        if path not in but:
            default_storage.delete(path)
            removed += 1
    return removed
