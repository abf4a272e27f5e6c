"""Training an attack: classifier in, attack out."""

import time
import uuid
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import ClassVar

import numpy as np
from django.utils.translation import gettext

from ml.attacks import ATTACKS, AttackMethod, AttackOptions, TrainedAttack
from ml.classifiers.weights import load_classifier, read_weights, store_weights
from ml.errors import MlError
from ml.images.arrays import read_squares
from ml.models import Attack, Classifier, Run
from ml.options import AttackSettings, SettingValue, option_name, read_settings
from ml.runs.checkpoints import Checkpoint
from ml.runs.checks import check_has_images, check_name, check_one_of, check_seed
from ml.runs.leases.lease import fenced_transaction
from ml.runs.provenance import provenance
from ml.runs.work import Work
from perception.core.formatting import localized
from perception.core.progress import Progress


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
    settings: dict[str, SettingValue] = field(default_factory=dict)
    """What is asked of this kind of attack beside; its defaults for the rest (`ml.attacks`)."""
    split: str = "train"
    """Which images the attack learns on. The paper took the test images, which flatters the attack."""
    seed: int = 0
    start_from: Attack | None = None
    """An attack of the same kind whose weights the training begins with, e.g. one at a greater strength."""

    @property
    def method(self) -> AttackMethod:
        """The kind of attack."""
        return ATTACKS[self.kind]

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        check_name(Attack, self.name)
        check_one_of("kind", self.kind, ATTACKS)
        check_one_of("target_class", self.target_class, self.classifier.classes)
        check_strength(self.strength)
        read_settings(self.kind, self.method.settings, self.settings)
        check_seed(self.seed)
        check_has_images(self.classifier.dataset, self.split)
        read_weights(self.classifier)
        self._check_start()

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Attack:
        """Train, if there is anything to learn, and save."""
        began = time.monotonic()
        settings = read_settings(self.kind, self.method.settings, self.settings)
        trained = self._train(settings, uid=uid, progress=progress) if self.method.learns else TrainedAttack()
        weights, sha256 = store_weights(trained.weights, uid=uid) if self.method.learns else ("", "")
        options = self.as_options() | {"settings": asdict(settings)}
        with fenced_transaction():
            check_name(Attack, self.name)  # another run may have taken it meanwhile
            return Attack.objects.create(
                owner=run.owner,
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
                    dataset=self.classifier.dataset, seed=self.seed, options=options, seconds=time.monotonic() - began
                )
                | {"classifier_sha256": self.classifier.weights_sha256}
                | ({"start_sha256": self.start_from.weights_sha256} if self.start_from else {}),
                run=run,
            )

    def _check_start(self) -> None:
        start = self.start_from
        if start is None:
            return
        if not self.method.can_start_from:
            raise MlError(
                gettext("The attack %(kind)s begins from nothing: leave --start-from out.") % {"kind": self.kind}
            )
        if start.kind != self.kind:
            raise MlError(
                gettext("--start-from: the attack %(name)s is of the kind %(kind)s, not %(kind2)s.")
                % {"name": start.name, "kind": start.kind, "kind2": self.kind}
            )
        if start.attacked_classifier.image_size != self.classifier.image_size:
            raise MlError(
                gettext(
                    "--start-from: the attack %(name)s draws %(image_size)s pixels a side, the classifier "
                    "%(name2)s sees %(image_size2)s."
                )
                % {
                    "name": start.name,
                    "image_size": start.attacked_classifier.image_size,
                    "name2": self.classifier.name,
                    "image_size2": self.classifier.image_size,
                }
            )
        wanted, done = (
            asdict(read_settings(self.kind, self.method.settings, settings))
            for settings in (self.settings, start.options["settings"])
        )
        for name in self.method.settings.of_the_network:
            if (there := done[name]) != wanted[name]:
                raise MlError(
                    gettext(
                        "--start-from: the attack %(name)s has %(name2)s %(there)s, not %(wanted)s; its weights "
                        "fit %(name2)s %(there)s alone."
                    )
                    % {"name": start.name, "name2": option_name(name), "there": there, "wanted": wanted[name]}
                )
        read_weights(start)

    def _train(self, settings: AttackSettings, *, uid: uuid.UUID, progress: Progress) -> TrainedAttack:
        from ml.networks.backend import reset_session

        dataset = self.classifier.dataset
        images = list(dataset.images.filter(split=self.split).select_related("dataset").order_by("name"))
        squares = read_squares(images, self.classifier.image_size, tell=partial(progress, 0, len(images)))
        reset_session(self.seed)
        return self.method.train(
            load_classifier(self.classifier),
            squares,
            np.array([self.classifier.classes.index(image.diagnosis) for image in images], dtype=np.int64),
            AttackOptions(
                target=self.classifier.classes.index(self.target_class),
                strength=self.strength,
                seed=self.seed,
                settings=settings,
                start=read_weights(self.start_from) if self.start_from else b"",
            ),
            progress=progress,
            checkpoint=Checkpoint(uid),
        )


def check_strength(strength: float) -> None:
    """Refuse a strength that 8-bit images cannot show."""
    if not 1 <= strength <= 255:
        raise MlError(
            gettext(
                "--strength is 1 to 255 levels, not %(strength)s: a change of less than one level is lost in "
                "8-bit images."
            )
            % {"strength": localized(f"{strength:g}")}
        )
