"""A tiny classifier, images, and an attack on them as pair making does it: 8-bit images in, 8-bit images out."""

import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.attacks import ATTACKS, AttackOptions
from ml.images.pixels import Pixels
from ml.options import read_settings
from ml.runs.checkpoints import Checkpoint
from ml.shards.making import as_levels
from perception.core.progress import silent
from tests.ml.factories import make_pixels

SIDE = 24
CLASSES = 3


def make_classifier(*, sharpness: float = 30.0) -> Any:
    """Return an untrained classifier without a favourite; the sharper, the surer (at 1e6 it says 0 and 1)."""
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import reset_session

    reset_session(1)
    network = build_classifier("densenet-tiny", image_size=SIDE, classes=CLASSES)
    kernel, bias = network.get_layer("diagnosis").get_weights()
    network.get_layer("diagnosis").set_weights([sharpness * kernel, bias])
    favour = read(network, make_images(12)).mean(axis=0)
    network.get_layer("diagnosis").set_weights([sharpness * kernel, bias - favour])
    return network


def make_images(count: int) -> Pixels:
    """Return smooth pictures, uint8 of shape (count, 24, 24, 3)."""
    return np.stack([make_pixels(seed, width=SIDE, height=SIDE) for seed in range(count)])


def attack(
    kind: str,
    classifier: Any,
    clean: Pixels,
    *,
    target: int,
    strength: float = 8.0,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
) -> Pixels:
    """Return the perturbed twins; an attack that learns does so from the images themselves."""
    method = ATTACKS[kind]
    options = AttackOptions(
        target=target, strength=strength, seed=seed, settings=read_settings(kind, method.settings, settings or {})
    )
    weights = b""
    if method.learns:
        labels = np.arange(len(clean)) % CLASSES
        checkpoint = Checkpoint(str(uuid.uuid4()))
        weights = method.train(classifier, clean, labels, options, progress=silent, checkpoint=checkpoint).weights
    perturb = method.perturber(weights, options, classifier=classifier, source="a test")
    wanted = perturb(clean.astype(np.float32) / np.float32(255))
    return as_levels(wanted, clean, strength=strength if method.bounded else None)


def read(classifier: Any, images: Pixels) -> NDArray[np.float32]:
    """Return the logarithms of the probabilities, of shape (n, classes)."""
    return _reader(classifier)(images.astype(np.float32) / np.float32(255))


@lru_cache(maxsize=4)
def _reader(classifier: Any) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return what reads images, traced once for a classifier: what it is asked of follows its weights."""
    from ml.networks.log_probabilities import log_probability_predictor

    return log_probability_predictor(classifier)


def rarest_class(classifier: Any, images: Pixels) -> int:
    """Return the class that the fewest images are read as."""
    return int(np.bincount(read(classifier, images).argmax(axis=1), minlength=CLASSES).argmin())
