"""What a report says of the classifier under attack and of its images: where they come from, and what they show."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F

from ml.attacks import ATTACKS
from ml.attacks.stored_options import AttackRecord
from ml.classifiers.stored_options import ExternalRecord, TrainingRecord
from ml.datasets.class_distribution import ClassDistribution, class_distribution
from ml.datasets.patients import Patients, patients_of
from ml.evaluation.survival_row import SurvivalRow
from ml.images.degradation import AS_SAVED
from ml.models.classifier import Classifier
from ml.models.dataset import Dataset
from ml.models.image import Image
from ml.models.pair_set import PairSet
from ml.models.survival import Survival
from ml.pairs.elsewhere.twins import NO_DIAGNOSIS
from studies.report.facts import AttackFacts


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """A dataset as its import left it.

    Attributes
    ----------
    dataset
        The dataset.
    distribution
        Its images and lesions, class by class.
    not_square, converted
        How many of its images were made square, and brought to 8-bit sRGB.
    patients
        Side of the split → what the archive told of the people.
    """

    dataset: Dataset
    distribution: ClassDistribution
    not_square: int
    converted: int
    patients: Mapping[str, Patients]

    @classmethod
    def of(cls, dataset: Dataset) -> "DatasetFacts":
        """Count a dataset's images (seven queries)."""
        return cls(
            dataset=dataset,
            distribution=class_distribution(dataset),
            not_square=dataset.images.exclude(width=F("height")).count(),
            converted=dataset.images.exclude(conversion="").count(),
            patients=patients_of(dataset),
        )

    @property
    def diagnoses(self) -> list[str]:
        """Its diagnoses; none where pairs were brought in without any."""
        return [code for code in self.dataset.classes if code != NO_DIAGNOSIS]

    @property
    def confirmations(self) -> Mapping[str, int]:
        """How diagnoses were confirmed, in a word of the archive → images; empty where it does not say."""
        return sum((Counter(side.confirmations) for side in self.patients.values()), Counter())

    @property
    def knows_lesions(self) -> bool:
        """Whether images are known to show one lesion; else each counts as a lesion of its own."""
        return self.distribution.lesions < self.distribution.total


@dataclass(frozen=True, slots=True)
class ClassifierFacts:
    """The classifier under attack, what it learnt from, and the images on which the attack was measured.

    Attributes
    ----------
    classifier
        The classifier; None where pairs were perturbed elsewhere, so that it is not here.
    learnt_from
        Its dataset: of a classifier that somebody else trained, that on which it was measured when it was added; of one
        that is not here, that of the image pairs.
    attacked
        The dataset of the image pairs.
    pair_set
        The image pairs of the study's attack; where it compares several, of the first.
    pairs, lesions
        How many there are, and of how many lesions.
    by_diagnosis
        Diagnosis → pairs.
    trained, external
        How it was made: the one here, the other elsewhere; None where that is not stored.
    attack
        How the attack was made.
    survival
        The degradations after which the attack was measured again; empty where it was not.
    """

    classifier: Classifier | None
    learnt_from: DatasetFacts
    attacked: DatasetFacts
    pair_set: PairSet
    pairs: int
    lesions: int
    by_diagnosis: Mapping[str, int]
    trained: TrainingRecord | None
    external: ExternalRecord | None
    attack: AttackRecord
    survival: tuple[str, ...]

    @classmethod
    def of(cls, facts: AttackFacts) -> "ClassifierFacts":
        """Look up what an attack was made against."""
        pair_set = PairSet.objects.select_related("attack__classifier__dataset", "dataset").get(
            name=facts.pairs.pair_set
        )
        classifier = pair_set.attack.classifier
        attacked = DatasetFacts.of(pair_set.dataset)
        diagnoses = pair_set.pairs.order_by().values_list("image__diagnosis").annotate(Count("pk"))
        survival = Survival.objects.filter(pair_set=pair_set).first()
        by_diagnosis = dict(sorted(diagnoses))
        return cls(
            classifier=classifier,
            learnt_from=_dataset_of(classifier, attacked),
            attacked=attacked,
            pair_set=pair_set,
            pairs=sum(by_diagnosis.values()),
            lesions=pair_set.pairs.order_by().values("image__lesion").distinct().count(),
            by_diagnosis=by_diagnosis,
            trained=None if classifier is None else TrainingRecord.of(classifier),
            external=None if classifier is None else ExternalRecord.of(classifier),
            attack=AttackRecord.of(pair_set.attack),
            survival=() if survival is None else _degradations(survival),
        )

    @property
    def is_external(self) -> bool:
        """Whether somebody else trained it: what it learnt from is then not known."""
        return self.classifier is None or self.external is not None

    @property
    def of_other_dataset(self) -> bool:
        """Whether the attacked images are of another dataset than the classifier's own."""
        return self.attacked.dataset.pk != self.learnt_from.dataset.pk

    @property
    def attacked_learnt(self) -> bool:
        """Whether the attacked images are those that the classifier was trained on here."""
        return not self.is_external and not self.of_other_dataset and self.pair_set.split == Image.Split.TRAIN

    @property
    def all_drawn(self) -> bool:
        """Whether a program drew all images that are known, so that nothing can be asked of patients."""
        known = [self.attacked] if self.is_external else [self.attacked, self.learnt_from]
        return all(facts.dataset.is_synthetic for facts in known)

    @property
    def perturbed_elsewhere(self) -> bool:
        """Whether another program perturbed the images, and asked the classifier."""
        return self.classifier is None

    @property
    def attack_learns(self) -> bool:
        """Whether the attack was trained before it perturbed any image; not to be asked of one made elsewhere."""
        kind = self.pair_set.attack.kind
        return ATTACKS[kind].learns if kind in ATTACKS else bool(self.pair_set.attack.weights)

    @property
    def attack_learnt_on(self) -> str:
        """The side of the classifier's dataset that the attack learnt from; empty where it learns nothing."""
        return self.attack.split if self.attack_learns else ""

    @property
    def attacked_images(self) -> int:
        """How many images the attacked side of the split has."""
        distribution = self.attacked.distribution
        return distribution.train if self.pair_set.split == Image.Split.TRAIN else distribution.test


def _dataset_of(classifier: Classifier | None, attacked: DatasetFacts) -> DatasetFacts:
    """Return the classifier's dataset, counted once where it is that of the image pairs."""
    if classifier is None or classifier.dataset_id == attacked.dataset.pk:
        return attacked
    return DatasetFacts.of(classifier.dataset)


def _degradations(survival: Survival) -> tuple[str, ...]:
    """Return the names of what was done to images before the attack was measured again."""
    rows = [SurvivalRow.from_dict(row) for row in survival.rows]
    return tuple(row.name for row in rows if row.key != AS_SAVED.key)
