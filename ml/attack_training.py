"""Training an attack: classifier in, attack out."""

import time
import uuid
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from django.db import transaction

from ml.asked import check_has_images, check_name, check_one_of, check_positive, check_seed
from ml.attacks import ATTACKS, AttackOptions
from ml.errors import MlError
from ml.image_arrays import read_squares
from ml.models import Attack, Classifier, Run
from ml.provenance import provenance
from ml.stored_networks import load_classifier, read_weights, store_weights
from ml.work import Work
from perception.progress import Progress


@dataclass(frozen=True, kw_only=True)
class AttackTraining(Work[Attack]):
    """An attack to be trained against a classifier, on images of the dataset that the classifier learnt from."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.TRAIN_ATTACK

    classifier: Classifier
    name: str
    kind: str = "generator"
    """The kind of attack: a name of `ml.attacks.ATTACKS`."""
    target_class: str = "nv"
    """What the classifier is to say."""
    strength: float = 8.0
    """Largest change to a pixel channel, in 8-bit levels."""
    steps: int = 300
    batch_size: int = 16
    learning_rate: float = 3e-3
    size_penalty: float = 0.0
    """Weight of the mean squared change (in levels²) in the loss."""
    split: str = "train"
    """Which images the attack learns on. The paper took the test images, which flatters the attack."""
    seed: int = 0

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        check_name(Attack, self.name)
        check_one_of("kind", self.kind, ATTACKS)
        check_one_of("target_class", self.target_class, self.classifier.classes)
        check_strength(self.strength)
        check_positive(steps=self.steps, batch_size=self.batch_size, learning_rate=self.learning_rate)
        if not self.size_penalty >= 0:
            raise MlError(f"--size-penalty is 0 or more, not {self.size_penalty:g}.")
        check_seed(self.seed)
        check_has_images(self.classifier.dataset, self.split)
        read_weights(self.classifier)

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Attack:
        """Train and save."""
        from ml.networks.session import start_afresh

        began = time.monotonic()
        dataset = self.classifier.dataset
        images = list(dataset.images.filter(split=self.split).select_related("dataset").order_by("name"))
        squares = read_squares(images, self.classifier.image_size, tell=partial(progress, 0, self.steps))
        start_afresh(self.seed)
        trained = ATTACKS[self.kind].train(
            load_classifier(self.classifier),
            squares,
            AttackOptions(
                target=self.classifier.classes.index(self.target_class),
                strength=self.strength,
                steps=self.steps,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                size_penalty=self.size_penalty,
                seed=self.seed,
            ),
            progress,
        )
        weights, sha256 = store_weights(trained.weights, uid=uid)
        options = self.as_options()
        with transaction.atomic():
            check_name(Attack, self.name)  # another run may have taken it meanwhile
            return Attack.objects.create(
                uid=uid,
                name=self.name,
                classifier=self.classifier,
                kind=self.kind,
                target_class=self.target_class,
                strength=self.strength,
                weights=weights,
                weights_sha256=sha256,
                options=options,
                history={name: [round(value, 5) for value in values] for name, values in trained.history.items()},
                provenance=provenance(
                    dataset=dataset, seed=self.seed, options=options, seconds=time.monotonic() - began
                )
                | {"classifier_sha256": self.classifier.weights_sha256},
                run=run,
            )


def check_strength(strength: float) -> None:
    """Refuse a strength that 8-bit images cannot show."""
    if not 1 <= strength <= 255:
        raise MlError(
            f"--strength is 1 to 255 levels, not {strength:g}: a change of less than one level is lost in 8-bit images."
        )
