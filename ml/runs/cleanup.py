"""The files of a run that did not come to its end."""

import logging
from collections.abc import Collection

from django.core.files.storage import default_storage
from django.db import models

from ml.models import Attack, Classifier, PairSet, Run
from ml.runs.registry import remover_of_unfinished
from ml.runs.storage import network_path, pairs_folder
from perception.core.storage.folders import empty_folder

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
    if removed:
        logger.info("Removed %d file(s) that run %d had left.", removed, run.pk)
    return removed


def remove_pair_files(uid: object, *, but: Collection[str] = ()) -> int:
    """Remove the images of the pair set of that uid, but those whose names in the storage are given."""
    return empty_folder(pairs_folder(uid), but=but)
