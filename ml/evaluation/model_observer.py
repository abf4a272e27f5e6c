"""Is what people cannot see easy for a program? Pairs in, how well a small network tells the twins apart out."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from django.utils.translation import ngettext
from numpy.typing import NDArray

from ml.errors import MlError
from ml.evaluation.model_observer_figures import ModelObserverFigures
from ml.images.arrays import array_on_disk
from ml.images.pixels import Pixels
from ml.images.prefetch import prefetched
from ml.models import ImagePair, ModelObserver, PairSet, Run
from ml.pairs.files import read_twins
from ml.runs.checkpoints import Checkpoint
from ml.runs.checks import check_positive, check_seed
from ml.runs.leases.lease import fenced_transaction
from ml.runs.provenance import provenance
from ml.runs.work import Work
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import proportion
from perception.analysis.ratings.roc import auc
from perception.core.progress import Progress

FEWEST_LESIONS = 4
# What the network calls perturbed.
THRESHOLD = 0.5
INTERVAL = "wilson"


@dataclass(frozen=True, kw_only=True)
class ModelObserverTraining(Work[ModelObserver]):
    """A network to be trained on the pairs of half of the lesions, and judged on those of the other half."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.TRAIN_MODEL_OBSERVER

    pair_set: PairSet
    steps: int = 400
    """Batches to learn from."""
    batch_size: int = 8
    """Pairs a batch."""
    learning_rate: float = 3e-3
    """Adam's learning rate at the start; it falls to nothing."""
    crop: int = 96
    """Side of the pieces that it learns from, in pixels; the whole image where that is smaller."""
    seed: int = 0

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        check_positive(steps=self.steps, batch_size=self.batch_size, learning_rate=self.learning_rate, crop=self.crop)
        check_seed(self.seed)
        lesions = self.pair_set.pairs.order_by().values("image__lesion").distinct().count()
        if lesions < FEWEST_LESIONS:
            said = ngettext(
                "The pair set %(name)s shows %(n)s lesion; half of them are learnt from and the others judged, so "
                "there are to be at least %(fewest)s.",
                "The pair set %(name)s shows %(n)s lesions; half of them are learnt from and the others judged, so "
                "there are to be at least %(fewest)s.",
                lesions,
            )
            raise MlError(said % {"name": self.pair_set.name, "n": lesions, "fewest": FEWEST_LESIONS})

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> ModelObserver:
        """Train, judge the other half, and save the figures; the network itself is not kept."""
        from ml.networks.backend import reset_session
        from ml.networks.model_observer import build_model_observer, fit_model_observer
        from ml.networks.prediction import predict_values

        began = time.monotonic()
        pairs = list(self.pair_set.pairs.select_related("image").order_by("image__name"))
        learnt_from, judged = split_by_lesion(pairs, seed=self.seed)
        tell = partial(progress, 0, self.steps)
        learnt_twins = _read_all(learnt_from, self.pair_set.image_size, tell=tell)
        reset_session(self.seed)
        network = build_model_observer()
        history = fit_model_observer(
            network,
            learnt_twins,
            crop=min(self.crop, self.pair_set.image_size),
            steps=self.steps,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=self.seed,
            progress=progress,
            checkpoint=Checkpoint(uid),
        )
        judged_twins = _read_all(judged, self.pair_set.image_size, tell=partial(progress, self.steps, self.steps))
        called_perturbed = predict_values(network, judged_twins.reshape(-1, *judged_twins.shape[2:])).reshape(-1, 2)
        judgement = _judgement(called_perturbed)
        figures = ModelObserverFigures(
            auc=judgement.auc,
            sensitivity=judgement.sensitivity,
            specificity=judgement.specificity,
            pairs_told_apart=judgement.pairs_told_apart,
            pairs_learnt_from=len(learnt_from),
            pairs_judged=len(judged),
            lesions_learnt_from=len({pair.image.lesion for pair in learnt_from}),
            lesions_judged=len({pair.image.lesion for pair in judged}),
            training_accuracy=float(np.mean(history["accuracy"][-20:])),
            seed=self.seed,
            provenance=provenance(
                dataset=self.pair_set.dataset,
                seed=self.seed,
                options=self.as_options(),
                seconds=time.monotonic() - began,
            ),
        )
        with fenced_transaction():
            observer, _ = ModelObserver.objects.update_or_create(
                pair_set=self.pair_set, defaults={"table": figures.as_dict(), "run": run}
            )
        return observer


def split_by_lesion(pairs: Sequence[ImagePair], *, seed: int) -> tuple[list[ImagePair], list[ImagePair]]:
    """Deal the pairs to two halves of the lesions, at random: no lesion is in both."""
    lesions = sorted({pair.image.lesion for pair in pairs})
    shuffled = np.random.default_rng(seed).permutation(len(lesions))
    first = {lesions[place] for place in shuffled[: len(lesions) // 2]}
    return (
        [pair for pair in pairs if pair.image.lesion in first],
        [pair for pair in pairs if pair.image.lesion not in first],
    )


def _read_all(pairs: Sequence[ImagePair], side: int, *, tell: Callable[[str], None]) -> Pixels:
    """Return both twins of every pair, uint8 of shape (pairs, 2, side, side, 3), on disk."""
    twins = array_on_disk((len(pairs), 2, side, side, 3))
    with prefetched(read_twins, pairs) as read:
        for place, both in enumerate(read):
            twins[place] = both
            tell(f"reading pair {place + 1} of {len(pairs)}")
    return twins


@dataclass(frozen=True, slots=True)
class _Judgement:
    auc: Estimate
    sensitivity: Estimate
    specificity: Estimate
    pairs_told_apart: Estimate


def _judgement(called_perturbed: NDArray[np.float64]) -> _Judgement:
    """Estimate how well twins are told apart.

    Parameters
    ----------
    called_perturbed
        Array of shape (pairs, 2): how surely the clean image, and its perturbed twin, was called perturbed.
    """
    clean, perturbed = called_perturbed[:, 0], called_perturbed[:, 1]
    n = len(called_perturbed)

    def share(yes: NDArray[np.bool_]) -> Estimate:
        return proportion(int(yes.sum()), n, method=INTERVAL)

    truth = np.repeat([False, True], n)
    return _Judgement(
        auc=auc(truth, np.concatenate([clean, perturbed])),
        sensitivity=share(perturbed >= THRESHOLD),
        specificity=share(clean < THRESHOLD),
        pairs_told_apart=share(perturbed > clean),
    )
