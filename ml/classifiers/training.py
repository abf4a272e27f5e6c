"""Training a classifier: dataset in, classifier out."""

import math
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from ml.classifiers.architectures import ARCHITECTURES
from ml.classifiers.keras_file import check_weights_file, read_outline
from ml.classifiers.metrics import by_epoch, classification_metrics
from ml.classifiers.stored_options import is_external, trainings_gone_on_with
from ml.classifiers.weights import load_classifier, read_weights, store_weights
from ml.errors import MlError
from ml.images.arrays import read_squares
from ml.models import Classifier, Dataset, Image, Run
from ml.networks.network import Network
from ml.runs.checkpoints import Checkpoint
from ml.runs.checks import check_has_images, check_name, check_one_of, check_positive, check_seed
from ml.runs.leases.lease import fenced_transaction
from ml.runs.provenance import provenance
from ml.runs.work import Work
from perception.core.formatting import localized
from perception.core.progress import Progress

LARGEST_IMAGE_SIZE = 1024
# What training may keep of a batch, in bytes, before it computes it again instead.
KEPT_AT_MOST = 3 * 2**30


@dataclass(frozen=True, kw_only=True)
class ClassifierTraining(Work[Classifier]):
    """A classifier to be trained on the train images of a dataset, and measured on its test images."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.TRAIN_CLASSIFIER
    ways: ClassVar[frozenset[str]] = frozenset({"recompute"})

    dataset: Dataset
    name: str
    architecture: str = "densenet201"
    """A name of `ml.classifiers.architectures.ARCHITECTURES`."""
    image_size: int | None = None
    """Side of the input, in pixels; None is the architecture's own."""
    epochs: float = 8.0
    """Passes over the train images."""
    steps: int | None = None
    """Number of batches, instead of `epochs`."""
    batch_size: int = 16
    learning_rate: float | None = None
    """Peak of Adam's learning rate; None is the architecture's own."""
    weights: str | None = None
    """Where it starts: None (random), `imagenet`, or a file: weights without the head for the DenseNets of Keras, a
    whole network for `backbone`."""
    weights_low: float = 0.0
    """What a backbone wants black to be."""
    weights_high: float = 1.0
    """What a backbone wants white to be."""
    continue_from: Classifier | None = None
    """A classifier of the same architecture that learnt from the same dataset: the training begins with all of its
    weights, those of the last layer too. Its images may be of another size."""
    recompute: bool | None = None
    """Whether training computes again, on the gradient's way back, what the layers gave, instead of keeping it
    (`ml.networks.training.recomputation`): the same training in less memory and more time. None: where a batch would
    have about `KEPT_AT_MOST` bytes kept, or more."""
    seed: int = 0

    @property
    def side(self) -> int:
        """Side of the input, in pixels."""
        if self.image_size is not None:
            return self.image_size
        if self.continue_from is not None:
            return self.continue_from.image_size
        return ARCHITECTURES[self.architecture].default_image_size

    @property
    def peak_learning_rate(self) -> float:
        """Peak of the learning rate."""
        own = ARCHITECTURES[self.architecture].default_learning_rate
        return own if self.learning_rate is None else self.learning_rate

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        check_name(Classifier, self.name)
        check_one_of("architecture", self.architecture, ARCHITECTURES)
        check_positive(epochs=self.epochs, batch_size=self.batch_size, learning_rate=self.peak_learning_rate)
        if self.steps is not None:
            check_positive(steps=self.steps)
        check_seed(self.seed)
        if self.continue_from is None:
            self._check_weights()
        else:
            self._check_continued(self.continue_from)
        self._check_image_size()
        self._check_classes()

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Classifier:
        """Train, measure on the test images, and save."""
        from ml.networks.backend import reset_session
        from ml.networks.prediction import predict_classes
        from ml.networks.saved_network import network_to_bytes
        from ml.networks.training.classifier import fit_classifier
        from ml.networks.training.normalisation import estimate_normalisation
        from ml.networks.training.recomputation import kept_bytes

        began = time.monotonic()
        train, test = self._images("train"), self._images("test")
        steps = self.steps or max(1, round(self.epochs * len(train) / self.batch_size))
        tell = partial(progress, 0, steps)
        # Before the images are read: weights that do not fit are found here.
        tell("building the network")
        reset_session(self.seed)
        network = self._build()
        kept = self.batch_size * kept_bytes(network)
        recompute = kept > KEPT_AT_MOST if self.recompute is None else self.recompute
        train_squares = read_squares(train, self.side, tell=tell)
        test_squares = read_squares(test, self.side, tell=tell)
        history = fit_classifier(
            network,
            train_squares,
            self._labels(train),
            steps=steps,
            batch_size=self.batch_size,
            learning_rate=self.peak_learning_rate,
            seed=self.seed,
            progress=progress,
            checkpoint=Checkpoint(uid),
            recompute=recompute,
        )
        normalised_over = estimate_normalisation(
            network,
            train_squares,
            batch_size=self.batch_size,
            seed=self.seed,
            progress=lambda done, total, *_: progress(steps, steps, f"batch normalisation, {done} of {total}"),
        )
        predicted = predict_classes(
            network,
            test_squares,
            progress=lambda done, total, *_: progress(steps, steps, f"test image {done} of {total}"),
        )
        data = network_to_bytes(network)
        name, sha256 = store_weights(data, uid=uid)
        options = self.as_options() | {
            "epochs": round(steps * self.batch_size / len(train), 2),
            "image_size": self.side,
            "learning_rate": self.peak_learning_rate,
            "normalised_over": normalised_over,
            "recompute": recompute,
            "steps": steps,
        }
        with fenced_transaction():
            check_name(Classifier, self.name)  # another run may have taken it meanwhile
            return Classifier.objects.create(
                owner=run.owner,
                uid=uid,
                name=self.name,
                dataset=self.dataset,
                architecture=self.architecture,
                classes=self.dataset.classes,
                image_size=self.side,
                weights=name,
                weights_sha256=sha256,
                options=options,
                history=by_epoch(history, steps_per_epoch=len(train) / self.batch_size),
                metrics=classification_metrics(self._labels(test), predicted, classes=self.dataset.classes),
                provenance=provenance(
                    dataset=self.dataset, seed=self.seed, options=options, seconds=time.monotonic() - began
                )
                | trainings_gone_on_with(self.continue_from),
                run=run,
            )

    def _build(self) -> Network:
        from ml.networks.architectures.classifiers import build_classifier
        from ml.networks.architectures.resizing import resized, without_nesting

        network: Network
        if self.continue_from is None:
            network = build_classifier(
                self.architecture,
                image_size=self.side,
                classes=len(self.dataset.classes),
                weights=self.weights,
                value_range=(self.weights_low, self.weights_high),
            )
            return network
        network = load_classifier(self.continue_from)
        return network if self.side == self.continue_from.image_size else resized(without_nesting(network), self.side)

    def _check_continued(self, before: Classifier) -> None:
        """Refuse a classifier whose training cannot be gone on with, or that may have learnt from the test images."""
        named = {
            "name": before.name,
            "dataset": self.dataset.name,
            "architecture": self.architecture,
            "its_dataset": before.dataset.name,
            "its_architecture": before.architecture,
        }
        if self.weights is not None:
            raise MlError(
                gettext("--weights: leave it out; with --continue-from the training begins with that classifier.")
            )
        if is_external(before):
            raise MlError(
                gettext(
                    "--continue-from: others trained the classifier %(name)s. Its network can be a beginning, from its "
                    "file: --architecture backbone --weights FILE.keras."
                )
                % named
            )
        if before.architecture != self.architecture:
            raise MlError(
                gettext(
                    "--architecture: the classifier %(name)s is a %(its_architecture)s; its training cannot go on as "
                    "that of a %(architecture)s."
                )
                % named
            )
        if before.dataset != self.dataset:
            raise MlError(
                gettext(
                    "--dataset: the classifier %(name)s learnt from the dataset %(its_dataset)s, and may have seen "
                    "test images of %(dataset)s. Go on with %(its_dataset)s, or begin from its network: "
                    "--architecture backbone --weights FILE.keras."
                )
                % named
            )
        if before.classes != self.dataset.classes:
            raise MlError(
                gettext(
                    "--continue-from: the dataset %(dataset)s has other classes by now than the classifier %(name)s "
                    "tells apart."
                )
                % named
            )
        read_weights(before)

    def _check_image_size(self) -> None:
        architecture = ARCHITECTURES[self.architecture]
        if not architecture.smallest_image_size <= self.side <= LARGEST_IMAGE_SIZE:
            raise MlError(
                gettext(
                    "--image-size of %(name)s is %(smallest_image_size)s to %(largest_image_size)s pixels, not "
                    "%(side)s."
                )
                % {
                    "name": architecture.name,
                    "smallest_image_size": architecture.smallest_image_size,
                    "largest_image_size": LARGEST_IMAGE_SIZE,
                    "side": self.side,
                }
            )

    def _check_weights(self) -> None:
        if self.weights is None:
            if self.architecture == "backbone":
                raise MlError(
                    gettext("The architecture `backbone` is a network from a file: name it (--weights FILE.keras).")
                )
            return
        if not ARCHITECTURES[self.architecture].takes_weights:
            raise MlError(
                gettext("%(architecture)s starts from random weights: leave --weights out.")
                % {"architecture": self.architecture}
            )
        if self.weights == "imagenet" and self.architecture != "backbone":
            return
        if not Path(self.weights).is_file():
            raise MlError(
                gettext("There is no weights file %(weights)s; --weights is 'imagenet' or a file's path.")
                % {"weights": self.weights}
            )
        if not -math.inf < self.weights_low < self.weights_high < math.inf:
            raise MlError(
                gettext("--weights-range is black, then white, the lower first; not %(weights_low)s,%(weights_high)s.")
                % {
                    "weights_low": localized(f"{self.weights_low:g}"),
                    "weights_high": localized(f"{self.weights_high:g}"),
                }
            )
        if self.architecture == "backbone":
            _check_backbone(self.weights)
        else:
            check_weights_file(Path(self.weights))

    def _check_classes(self) -> None:
        check_has_images(self.dataset, "train")
        check_has_images(self.dataset, "test")
        if len(self.dataset.classes) < 2:
            raise MlError(
                gettext("The dataset %(name)s has fewer than two classes: there is nothing to tell apart.")
                % {"name": self.dataset.name}
            )
        there = set(self.dataset.images.filter(split="train").values_list("diagnosis", flat=True))
        if empty := [code for code in self.dataset.classes if code not in there]:
            raise MlError(
                gettext(
                    "The dataset %(name)s has no train images of %(listed)s. Import it with images of every "
                    "class, or without the class."
                )
                % {"name": self.dataset.name, "listed": ", ".join(empty)}
            )

    def _images(self, split: str) -> list[Image]:
        return list(self.dataset.images.filter(split=split).select_related("dataset").order_by("name"))

    def _labels(self, images: Sequence[Image]) -> NDArray[np.int64]:
        places = {code: place for place, code in enumerate(self.dataset.classes)}
        return np.array([places[image.diagnosis] for image in images], dtype=np.int64)


def _check_backbone(file: str) -> None:
    """Refuse a file that is damaged, or is no network of one image; what it does not say, building finds."""
    outline = read_outline(Path(file))
    if outline is None or (len(outline.inputs) == 1 and outline.inputs[0].is_rgb_image):
        return
    raise MlError(
        gettext(
            "%(file)s is not a network of one image; a backbone has one input of height × width × 3. It has: "
            "%(listed)s."
        )
        % {"file": file, "listed": ", ".join(map(str, outline.inputs))}
    )
