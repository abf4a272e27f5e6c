"""Making image pairs: an attack and images in; clean and perturbed twins out, both 8-bit, by the same steps."""

import math
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import ClassVar

import numpy as np
from django.db import transaction
from django.utils.translation import gettext
from numpy.typing import NDArray

from ml.attacks import Perturb
from ml.attacks.stored import check_attack, load_perturber, method_of
from ml.errors import MlError
from ml.images.arrays import read_square
from ml.images.distortion import SMALLEST_SIDE
from ml.images.pixels import Pixels, quantise
from ml.images.prefetch import prefetched
from ml.models import Attack, Dataset, Image, ImagePair, PairSet, Run
from ml.pairs.checkpoint import PairCheckpoint, PairFields
from ml.pairs.files import store_twins
from ml.runs.checks import check_has_images, check_name, check_positive
from ml.runs.disk_space import check_room_for_pairs
from ml.runs.provenance import provenance
from ml.runs.storage import pairs_folder
from ml.runs.work import Work
from perception.core.progress import Progress

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
        return self.dataset or self.attack.attacked_classifier.dataset

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        check_name(PairSet, self.name)
        method_of(self.attack)
        check_has_images(self.images_of, self.split)
        if self.limit is not None:
            check_positive(limit=self.limit)
        classifier = self.attack.attacked_classifier
        if strangers := [code for code in self.images_of.classes if code not in classifier.classes]:
            raise MlError(
                gettext("The dataset %(name)s has classes that the classifier %(name2)s does not know: %(listed)s.")
                % {"name": self.images_of.name, "name2": classifier.name, "listed": ", ".join(strangers)}
            )
        if classifier.image_size < SMALLEST_SIDE:
            raise MlError(
                gettext(
                    "The classifier %(name)s sees %(image_size)s pixels a side; the change cannot be measured "
                    "(SSIM) below %(smallest_side)s."
                )
                % {"name": classifier.name, "image_size": classifier.image_size, "smallest_side": SMALLEST_SIDE}
            )
        check_attack(self.attack)

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> PairSet:
        """Perturb, encode, measure, and save all rows at once; go on with the pairs that an earlier part made."""
        from ml.networks.backend import reset_session

        began = time.monotonic()
        size = self.attack.attacked_classifier.image_size
        images = self._chosen()
        kept = PairCheckpoint(uid)
        n_reused = len(kept.pairs)  # in the images' order, without a gap
        check_room_for_pairs(len(images) - n_reused, size)
        progress(n_reused, len(images), "loading the attack")
        reset_session(0)  # nothing is drawn by it
        perturb = load_perturber(self.attack)
        reach = self.attack.strength if method_of(self.attack).bounded else None
        store = partial(_store, folder=pairs_folder(uid), strength=reach)
        batch_size = self._batch_size()
        # Where images stand in their batch may change the last bit of what a network says: batches are never shifted.
        first = n_reused - n_reused % batch_size
        with (
            prefetched(partial(read_square, size=size), images[first:]) as squares,
            prefetched(
                store,
                islice(_perturbed(images[first:], squares, perturb, batch_size), n_reused - first, None),
                most=BATCH,
            ) as stored,
        ):
            for fields in stored:
                kept.add(fields, seconds=time.monotonic() - began)
                progress(len(kept.pairs), len(images))
        pair_set = PairSet(
            owner=run.owner,
            uid=uid,
            name=self.name,
            attack=self.attack,
            dataset=self.images_of,
            split=self.split,
            strength=self.attack.strength,
            image_size=size,
            run=run,
            provenance=self._provenance(seconds=kept.seconds_before + time.monotonic() - began),
        )
        with transaction.atomic():
            check_name(PairSet, self.name)  # another run may have taken it meanwhile
            pair_set.save()
            pairs = [ImagePair(pair_set=pair_set, **fields) for fields in kept.pairs]
            ImagePair.objects.bulk_create(pairs, batch_size=200)
        return pair_set

    def _batch_size(self) -> int:
        # An attack that asks the classifier anew for each image may take long: how far it is should be seen.
        return BATCH if method_of(self.attack).learns else BATCH // 2

    def _chosen(self) -> list[Image]:
        images = list(self.images_of.images.filter(split=self.split).select_related("dataset").order_by("name"))
        if self.limit is None or self.limit >= len(images):
            return images
        return spread_over_classes(images, self.limit)

    def _provenance(self, *, seconds: float) -> dict[str, object]:
        return provenance(dataset=self.images_of, seed=0, options=self.as_options(), seconds=seconds) | {
            "attack_sha256": self.attack.weights_sha256,
            "classifier_sha256": self.attack.attacked_classifier.weights_sha256,
        }


def _perturbed(
    images: Sequence[Image], squares: Iterator[Pixels], perturb: Perturb, batch_size: int
) -> Iterator[tuple[Image, Pixels, NDArray[np.float32]]]:
    """Give each image with its clean pixels and what the attack makes of them; the network runs in here."""
    for start in range(0, len(images), batch_size):
        batch = images[start : start + batch_size]
        clean = np.stack(list(islice(squares, len(batch))))
        yield from zip(batch, clean, perturb(clean.astype(np.float32) / np.float32(255)), strict=True)


def perturb_levels(clean: Pixels, perturb: Perturb, *, strength: float | None) -> Pixels:
    """Perturb 8-bit images and return them as 8-bit images, no channel changed by more than `strength` levels.

    Parameters
    ----------
    clean
        uint8 array of shape (batch, side, side, 3).
    """
    return as_levels(perturb(clean.astype(np.float32) / np.float32(255)), clean, strength=strength)


def as_levels(wanted: NDArray[np.float32], clean: Pixels, *, strength: float | None) -> Pixels:
    """Return as 8-bit images what an attack makes of clean ones, no channel changed by more than `strength` levels.

    Parameters
    ----------
    wanted
        float32 array of the shape of `clean`, values in [0, 1].
    """
    levels = quantise(wanted)
    if strength is None:
        return levels
    # The attack keeps to its strength in floats; rounding could add up to half a level where it is not whole.
    reach = math.floor(strength)
    unperturbed = clean.astype(np.int16)
    kept: Pixels = np.clip(levels, unperturbed - reach, unperturbed + reach).astype(np.uint8)
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


def _store(
    perturbed_image: tuple[Image, Pixels, NDArray[np.float32]], *, folder: str, strength: float | None
) -> PairFields:
    image, clean, wanted = perturbed_image
    return {"image_id": image.pk, **store_twins(clean, as_levels(wanted, clean, strength=strength), folder=folder)}
