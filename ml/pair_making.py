"""Making image pairs: an attack and images in; clean and perturbed twins out, both 8-bit, by the same steps."""

import hashlib
import math
import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from ml.asked import check_has_images, check_name, check_positive
from ml.attacks import Perturb
from ml.errors import MlError
from ml.image_arrays import read_square
from ml.leftovers import pairs_folder
from ml.models import Attack, Dataset, Image, ImagePair, PairSet, Run
from ml.perturbation_size import SMALLEST_SIDE, measure_perturbation
from ml.pixels import Pixels, decode, encode_png, quantise
from ml.provenance import provenance
from ml.stored_attacks import check_attack, load_perturber, method_of
from ml.work import Work
from perception.progress import Progress

BATCH = 16


@dataclass(frozen=True, kw_only=True)
class PairMaking(Work[PairSet]):
    """Image pairs to be made of one side of a dataset's split."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.MAKE_PAIRS

    attack: Attack
    name: str
    dataset: Dataset | None = None
    """None is the dataset that the attacked classifier learnt from."""
    split: str = "test"
    limit: int | None = None
    """At most so many images, the classes in their proportions; None is all."""

    @property
    def images_of(self) -> Dataset:
        """The dataset whose images are perturbed."""
        return self.dataset or self.attack.classifier.dataset

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        check_name(PairSet, self.name)
        check_has_images(self.images_of, self.split)
        if self.limit is not None:
            check_positive(limit=self.limit)
        classifier = self.attack.classifier
        if strangers := [code for code in self.images_of.classes if code not in classifier.classes]:
            raise MlError(
                f"The dataset {self.images_of.name} has classes that the classifier {classifier.name} does not know: "
                f"{', '.join(strangers)}."
            )
        if classifier.image_size < SMALLEST_SIDE:
            raise MlError(
                f"The classifier {classifier.name} sees {classifier.image_size} pixels a side; the change cannot be "
                f"measured (SSIM) below {SMALLEST_SIDE}."
            )
        check_attack(self.attack)

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> PairSet:
        """Perturb, encode, measure on the saved bytes, and save all rows at once."""
        from ml.networks.session import start_afresh

        began = time.monotonic()
        size = self.attack.classifier.image_size
        images = self._chosen()
        progress(0, len(images), "loading the attack")
        start_afresh(0)  # nothing is drawn by it
        perturb = load_perturber(self.attack)
        reach = self.attack.strength if method_of(self.attack).bounded else None
        pair_set = PairSet(
            uid=uid,
            name=self.name,
            attack=self.attack,
            dataset=self.images_of,
            split=self.split,
            strength=self.attack.strength,
            image_size=size,
            run=run,
        )
        pairs: list[ImagePair] = []
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            clean = np.stack([read_square(image, size) for image in batch])
            perturbed = perturb_levels(clean, perturb, strength=reach)
            pairs.extend(
                _store(image, pair_set, one, other) for image, one, other in zip(batch, clean, perturbed, strict=True)
            )
            progress(len(pairs), len(images))
        pair_set.provenance = self._provenance(seconds=time.monotonic() - began)
        with transaction.atomic():
            check_name(PairSet, self.name)  # another run may have taken it meanwhile
            pair_set.save()
            ImagePair.objects.bulk_create(pairs, batch_size=200)
        return pair_set

    def _chosen(self) -> list[Image]:
        images = list(self.images_of.images.filter(split=self.split).select_related("dataset").order_by("name"))
        if self.limit is None or self.limit >= len(images):
            return images
        return spread_over_classes(images, self.limit)

    def _provenance(self, *, seconds: float) -> dict[str, Any]:
        return provenance(dataset=self.images_of, seed=0, options=self.as_options(), seconds=seconds) | {
            "attack_sha256": self.attack.weights_sha256,
            "classifier_sha256": self.attack.classifier.weights_sha256,
        }


def perturb_levels(clean: Pixels, perturb: Perturb, *, strength: float | None) -> Pixels:
    """Perturb 8-bit images and return them as 8-bit images, no channel changed by more than `strength` levels.

    Parameters
    ----------
    clean
        uint8 array of shape (batch, side, side, 3).
    """
    wanted = quantise(perturb(clean.astype(np.float32) / np.float32(255)))
    if strength is None:
        return wanted
    # The attack keeps to its strength in floats; rounding could add up to half a level where it is not whole.
    reach = math.floor(strength)
    levels = clean.astype(np.int16)
    kept: Pixels = np.clip(wanted.astype(np.int16), levels - reach, levels + reach).astype(np.uint8)
    return kept


def spread_over_classes(images: Sequence[Image], limit: int) -> list[Image]:
    """Return `limit` of the images, in their order, each class with about its share (largest remainders)."""
    by_class: dict[str, list[int]] = {}
    for place, image in enumerate(images):
        by_class.setdefault(image.diagnosis, []).append(place)
    shares = {code: limit * len(places) / len(images) for code, places in by_class.items()}
    counts = {code: math.floor(share) for code, share in shares.items()}
    most_missing = sorted(shares, key=lambda code: (counts[code] - shares[code], code))
    for code in most_missing[: limit - sum(counts.values())]:
        counts[code] += 1
    return [images[place] for place in sorted(p for code, places in by_class.items() for p in places[: counts[code]])]


def _store(image: Image, pair_set: PairSet, clean: Pixels, perturbed: Pixels) -> ImagePair:
    """Encode and save both twins, in random order under random names: neither order nor name tells them apart."""
    encoded = [encode_png(clean), encode_png(perturbed)]
    names = ["", ""]
    for which in secrets.SystemRandom().sample(range(2), 2):
        names[which] = default_storage.save(
            f"{pairs_folder(pair_set.uid)}/{uuid.uuid4()}.png", ContentFile(encoded[which])
        )
    size = measure_perturbation(decode(encoded[0]), decode(encoded[1]))
    return ImagePair(
        pair_set=pair_set,
        image=image,
        clean_file=names[0],
        perturbed_file=names[1],
        clean_sha256=hashlib.sha256(encoded[0]).hexdigest(),
        perturbed_sha256=hashlib.sha256(encoded[1]).hexdigest(),
        **asdict(size),
    )
