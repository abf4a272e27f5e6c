"""A study to be measured: images of noise, their twins, an open study, and observers who are invited.

What is on the images is of no account: the files that observers receive are uncompressed.
"""

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ml.images.pixels import Pixels, encode_png
from ml.models import Attack, Classifier, Dataset, Image, ImagePair, PairSet
from studies.design.invitations import MOST_AT_ONCE, invite_observers, next_labels
from studies.design.lifecycle import create_study, open_study
from studies.models import Study

CLASSES = ["bcc", "mel", "nv"]
STRENGTH = 4  # 8-bit levels

Twins = Callable[[int, int], Iterator[tuple[Pixels, Pixels]]]
"""Yields so many images of so many pixels a side, each with its twin."""


def noise_twins(count: int, size: int) -> Iterator[tuple[Pixels, Pixels]]:
    """Yield so many images of noise and their twins: square, `size` pixels a side."""
    generator = np.random.default_rng(count)
    for _ in range(count):
        clean = generator.integers(40, 200, (size, size, 3), dtype=np.uint8)
        change = generator.integers(-STRENGTH, STRENGTH + 1, clean.shape, dtype=np.int16)
        yield clean, (clean + change).astype(np.uint8)


def make_study(*, n_perturbed: int, n_clean: int, image_size: int, twins: Twins = noise_twins) -> Study:
    """Return an open study of so many images, square, with `image_size` pixels a side; nobody is invited yet."""
    researcher, _ = User.objects.get_or_create(username="benchmark")
    pair_set = make_pair_set(n_perturbed + n_clean, image_size, name="benchmark", twins=twins)
    study = create_study(
        by=researcher,
        title="Benchmark",
        pair_set=pair_set,
        n_perturbed=n_perturbed,
        n_clean=n_clean,
        seed=1,
        # Observers are invited anew for each run.
        closes_when_finished=False,
    )
    return open_study(study=study, by=researcher)


def invite(study: Study, count: int) -> list[str]:
    """Invite so many observers; return the tokens of their links."""
    labels = next_labels(study, count)
    return [
        observer.token
        for first in range(0, count, MOST_AT_ONCE)
        for observer in invite_observers(study=study, labels=labels[first : first + MOST_AT_ONCE], by=study.owner)
    ]


def make_pair_set(count: int, size: int, *, name: str, twins: Twins = noise_twins) -> PairSet:
    """Return so many pairs, with `size` pixels a side; the name is that of all that they need, too."""
    dataset = Dataset.objects.create(
        name=name,
        source=Dataset.Source.SYNTHETIC,
        classes=CLASSES,
        split_method=Dataset.SplitMethod.STRATIFIED,
        content_hash="0" * 64,
    )
    classifier = Classifier.objects.create(
        name=name, dataset=dataset, architecture="none", classes=CLASSES, image_size=size
    )
    attack = Attack.objects.create(
        name=name, classifier=classifier, kind="generator", target_class="nv", strength=STRENGTH
    )
    pair_set = PairSet.objects.create(
        name=name, attack=attack, dataset=dataset, split=Image.Split.TEST, strength=STRENGTH, image_size=size
    )
    for number, (clean, perturbed) in enumerate(twins(count, size)):
        image = Image.objects.create(
            dataset=dataset,
            name=f"{number:06d}",
            lesion=f"{number:06d}",
            diagnosis=CLASSES[number % len(CLASSES)],
            split=Image.Split.TEST,
            width=size,
            height=size,
        )
        files = {}
        for kind, pixels in (("clean", clean), ("perturbed", perturbed)):
            data = encode_png(pixels, compress_level=0)
            files[f"{kind}_file"] = default_storage.save(f"pairs/{pair_set.uid}/{kind}{number}.png", ContentFile(data))
            files[f"{kind}_sha256"] = hashlib.sha256(data).hexdigest()
        ImagePair.objects.create(pair_set=pair_set, image=image, linf=STRENGTH, l2=1.0, psnr=40.0, ssim=0.99, **files)
    return pair_set
