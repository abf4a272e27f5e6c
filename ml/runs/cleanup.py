"""The files of a run that did not come to its end, or that another process began before."""

import logging
from collections.abc import Collection

from django.db import models

from ml.models import Attack, Classifier, Evaluation, ImagePair, ModelObserver, PairSet, Run, Survival, Visibility
from ml.runs.registry import finder_of_made, remover_of_unfinished
from ml.runs.storage import NETWORKS, pairs_folder
from perception.core.storage.folders import delete_files, empty_folder, files_in

logger = logging.getLogger(__name__)

MADE: dict[str, type[models.Model]] = {
    Run.Kind.TRAIN_CLASSIFIER: Classifier,
    Run.Kind.ADD_CLASSIFIER: Classifier,
    Run.Kind.TRAIN_ATTACK: Attack,
    Run.Kind.MAKE_PAIRS: PairSet,
    Run.Kind.IMPORT_PAIRS: PairSet,
}
MEASURED: dict[str, type[models.Model]] = {
    Run.Kind.EVALUATE_ATTACK: Evaluation,
    Run.Kind.MEASURE_SURVIVAL: Survival,
    Run.Kind.MEASURE_VISIBILITY: Visibility,
    Run.Kind.TRAIN_MODEL_OBSERVER: ModelObserver,
}


def made_by(run: Run) -> models.Model | None:
    """Return what a run has stored already, whose worker died before it could say so; None where it stored nothing."""
    if (find := finder_of_made(run.kind)) is not None:
        return find(run)
    uid = run.options.get("uid")
    if (made := MADE.get(run.kind)) is not None and uid is not None:
        return made._default_manager.filter(uid=uid).first()
    if (measured := MEASURED.get(run.kind)) is not None:
        return measured._default_manager.filter(run=run).first()
    return None


def remove_unfinished_files(run: Run) -> int:
    """Remove what a run wrote and no row speaks of; return how many files that were.

    To be called by whoever has the run, or once it has ended: the files of one that is being done have no rows yet.
    """
    remove = remover_of_unfinished(run.kind)
    removed = 0 if remove is None else remove(run)
    uid = run.options.get("uid")
    if run.kind not in MADE or uid is None:
        return removed
    removed += remove_pair_files(uid, but=_files_of_pairs(uid)) + _remove_networks(uid)
    if removed:
        logger.info("Removed %d file(s) that run %d had left.", removed, run.pk)
    return removed


def remove_pair_files(uid: object, *, but: Collection[str] = ()) -> int:
    """Remove the images of the pair set of that uid, but those whose names in the storage are given."""
    return empty_folder(pairs_folder(uid), but=but)


def _files_of_pairs(uid: object) -> set[str]:
    """Return the files in the folder of that uid that pairs have, of one set or of several brought in together."""
    pairs = ImagePair.objects.filter(clean_file__startswith=f"{pairs_folder(uid)}/")
    return {file for pair in pairs.values_list("clean_file", "perturbed_file") for file in pair}


def _remove_networks(uid: object) -> int:
    """Remove the networks that were stored under that uid, but the one that a classifier or an attack has."""
    stored = {name for name in files_in(NETWORKS) if name.startswith(f"{NETWORKS}/{uid}")}
    used = {
        str(name)
        for model in (Classifier, Attack)
        for name in model._default_manager.filter(uid=uid).values_list("weights", flat=True)
    }
    delete_files(stored - used)
    return len(stored - used)
