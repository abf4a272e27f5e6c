"""Does the perturbation survive what others do to images? The saved pairs in, one row a degradation out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext

from ml.classifiers.weights import load_classifier, read_weights
from ml.errors import MlError
from ml.evaluation.predictions import PairPrediction, classify_pairs
from ml.evaluation.survival_row import SurvivalRow
from ml.images.degradation import DEGRADATIONS, Degradation
from ml.models import Classifier, ImagePair, PairSet, Run, Survival
from ml.runs.checkpoints import Checkpoint
from ml.runs.leases.lease import fenced_transaction
from ml.runs.work import Work
from perception.analysis.classification import summarise_attack
from perception.analysis.estimates.proportions import proportion
from perception.core.progress import Progress

INTERVAL = "wilson"  # the shares are often near 0 or 1, where Wald's interval shrinks to nothing


@dataclass(frozen=True, kw_only=True)
class SurvivalMeasurement(Work[Survival]):
    """A pair set whose images are compressed, resized and blurred, clean and perturbed alike, and then classified."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.MEASURE_SURVIVAL

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

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Survival:
        """Degrade and classify both twins of every pair, and save a row for each degradation."""
        from ml.networks.backend import reset_session

        pairs = list(self.pair_set.pairs.select_related("image").order_by("image__name"))
        progress(0, len(pairs), "loading the classifier")
        reset_session(0)  # nothing is drawn by it
        predictions = classify_pairs(
            load_classifier(self.classifier), pairs, DEGRADATIONS, checkpoint=Checkpoint(uid), progress=progress
        )
        rows = [
            self._row(degradation, pairs, [of_pair[place] for of_pair in predictions])
            for place, degradation in enumerate(DEGRADATIONS)
        ]
        with fenced_transaction():
            survival, _ = Survival.objects.update_or_create(
                pair_set=self.pair_set, defaults={"rows": [row.as_dict() for row in rows], "run": run}
            )
        return survival

    def _row(
        self, degradation: Degradation, pairs: Sequence[ImagePair], predictions: Sequence[PairPrediction]
    ) -> SurvivalRow:
        classes, target = self.classifier.classes, self.pair_set.attack.target_class
        truth = [pair.image.diagnosis for pair in pairs]
        clean = [classes[before] for before, _ in predictions]
        perturbed = [classes[after] for _, after in predictions]
        summary = summarise_attack(truth, clean, perturbed, classes=classes, target=target, interval=INTERVAL)
        of_others = [read == target for true, read in zip(truth, clean, strict=True) if true != target]
        return SurvivalRow(
            key=degradation.key,
            name=degradation.name,
            n=summary.n,
            fooling_ratio=summary.fooling_ratio,
            fooling_ratio_of_others=summary.fooling_ratio_of_others,
            accuracy_before=summary.accuracy_before,
            accuracy_after=summary.accuracy_after,
            clean_read_as_target=proportion(sum(of_others), len(of_others), method=INTERVAL),
        )
