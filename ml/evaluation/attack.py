"""Evaluating an attack: the saved 8-bit pairs in, the paper's Table 1 and the sizes of the change out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext

from ml.classifiers.weights import load_classifier, read_weights
from ml.errors import MlError
from ml.evaluation.predictions import classify_pairs
from ml.images.degradation import AS_SAVED
from ml.models import Classifier, Evaluation, ImagePair, PairSet, Run
from ml.pairs.sizes import sizes_of
from ml.runs.checkpoints import Checkpoint
from ml.runs.leases.lease import fenced_transaction
from ml.runs.work import Work
from perception.analysis.classification import AttackSummary, summarise_attack
from perception.core.progress import Progress


@dataclass(frozen=True, kw_only=True)
class AttackEvaluation(Work[Evaluation]):
    """A pair set to be read back from its files and judged by the classifier that the attack was made for."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.EVALUATE_ATTACK

    pair_set: PairSet

    @property
    def classifier(self) -> Classifier:
        """The classifier under attack."""
        return self.pair_set.attack.attacked_classifier

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        if not self.pair_set.pairs.exists():
            raise MlError(gettext("The pair set %(name)s has no pairs.") % {"name": self.pair_set.name})
        read_weights(self.classifier)

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Evaluation:
        """Classify both twins of every pair, and save the predictions, the table, and the sizes."""
        from ml.networks.backend import reset_session

        pairs = list(self.pair_set.pairs.select_related("image").order_by("image__name"))
        progress(0, len(pairs), "loading the classifier")
        reset_session(0)  # nothing is drawn by it
        predictions = classify_pairs(
            load_classifier(self.classifier), pairs, [AS_SAVED], checkpoint=Checkpoint(uid), progress=progress
        )
        classes = self.classifier.classes
        for pair, [(before, after)] in zip(pairs, predictions, strict=True):
            pair.clean_prediction, pair.perturbed_prediction = classes[before], classes[after]
        found = {"table": self._summary(pairs).as_dict(), "sizes": sizes_of(pairs), "run": run}
        with fenced_transaction():
            ImagePair.objects.bulk_update(pairs, ["clean_prediction", "perturbed_prediction"], batch_size=200)
            evaluation, _ = Evaluation.objects.update_or_create(pair_set=self.pair_set, defaults=found)
        return evaluation

    def _summary(self, pairs: Sequence[ImagePair]) -> AttackSummary:
        return summarise_attack(
            [pair.image.diagnosis for pair in pairs],
            [pair.clean_prediction for pair in pairs],
            [pair.perturbed_prediction for pair in pairs],
            classes=self.classifier.classes,
            target=self.pair_set.attack.target_class,
            lesions=[pair.image.lesion for pair in pairs],
        )
