"""Pair sets in the database whose files are real, and a classifier of theirs that really classifies."""

import hashlib
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ml.classifiers.weights import store_weights
from ml.images.distortion import measure_perturbation
from ml.images.fast_png import encode_png_quickly
from ml.images.pixels import Pixels
from ml.models import Classifier, Dataset, Image, ImagePair, PairSet
from ml.runs.storage import pairs_folder
from tests.ml.factories import make_dataset, make_pixels
from tests.ml.network_rows import make_attack, make_classifier

SIDE = 24
Perturb = Callable[[Pixels, np.random.Generator], Pixels]


def add_noise(levels: int) -> Perturb:
    """Return the function that changes each channel of each pixel by at most so many levels, at random."""

    def perturb(clean: Pixels, rng: np.random.Generator) -> Pixels:
        change = rng.integers(-levels, levels + 1, clean.shape)
        return np.clip(clean.astype(int) + change, 0, 255).astype(np.uint8)

    return perturb


def make_working_classifier(dataset: Dataset | None = None, *, size: int = SIDE, **fields: Any) -> Classifier:
    """Return a classifier that was not trained, and says now this and now that."""
    dataset = dataset or make_dataset(per_class=20)
    weights, sha256 = store_weights(working_network(size, len(dataset.classes)), uid=uuid.uuid4())
    return make_classifier(dataset, weights=weights, weights_sha256=sha256, image_size=size, **fields)


@cache
def working_network(size: int, classes: int) -> bytes:
    """Return the file of its network; the same for the same numbers, and so made once."""
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import keras, reset_session
    from ml.networks.saved_network import network_to_bytes

    reset_session(1)
    network = build_classifier("densenet-tiny", image_size=size, classes=classes)
    # Each class leads about as often as another: what goes into the softmax is brought to one mean and one spread.
    head = network.get_layer("diagnosis")
    seen = np.stack([make_pixels(seed, width=size, height=size) for seed in range(24)]).astype(np.float32) / 255
    features = keras.Model(network.input, head.input).predict_on_batch(seen)
    kernel, _ = head.get_weights()
    values = features @ kernel
    head.set_weights([kernel / values.std(axis=0), -values.mean(axis=0) / values.std(axis=0)])
    return network_to_bytes(network)


def make_pair_set(
    classifier: Classifier,
    *,
    dataset: Dataset | None = None,
    name: str = "pairs",
    perturb: Perturb | None = None,
    size: int = SIDE,
) -> PairSet:
    """Return pairs of a dataset's test images, saved as pair making saves them."""
    dataset = dataset or classifier.dataset
    attack = classifier.attacks.first() or make_attack(classifier)
    pair_set = PairSet.objects.create(
        name=name,
        attack=attack,
        dataset=dataset,
        split=Image.Split.TEST,
        strength=attack.strength,
        image_size=size,
    )
    rng = np.random.default_rng(2)
    rows = []
    for place, image in enumerate(dataset.images.filter(split="test").order_by("name")):
        clean = make_pixels(place, width=size, height=size)
        twins = [clean, (perturb or add_noise(40))(clean, rng)]
        encoded = [encode_png_quickly(twin) for twin in twins]
        names = [
            default_storage.save(f"{pairs_folder(pair_set.uid)}/{uuid.uuid4()}.png", ContentFile(data))
            for data in encoded
        ]
        measured = measure_perturbation(*twins)
        rows.append(
            ImagePair(
                pair_set=pair_set,
                image=image,
                clean_file=names[0],
                perturbed_file=names[1],
                clean_sha256=hashlib.sha256(encoded[0]).hexdigest(),
                perturbed_sha256=hashlib.sha256(encoded[1]).hexdigest(),
                linf=measured.linf,
                l2=measured.l2,
                psnr=measured.psnr,
                ssim=measured.ssim,
            )
        )
    ImagePair.objects.bulk_create(rows)
    return pair_set
