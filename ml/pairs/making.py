"""Making image pairs: an attack and images in; clean and perturbed twins out, both 8-bit, by the same steps."""

import logging
import math
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext

from ml.attacks.stored import check_attack, method_of
from ml.errors import MlError
from ml.images.distortion import SMALLEST_SIDE
from ml.models import Attack, Dataset, Image, ImagePair, PairSet, Run
from ml.pairs.collecting import CollectedPairs
from ml.pairs.engines.attempts import MOST_ATTEMPTS
from ml.pairs.engines.choice import check_engine, configured_engine, engine_named, sees_work_folder_alone, usual_shards
from ml.pairs.engines.engine import Standing
from ml.pairs.manifests import write_pair_manifest
from ml.pairs.shard_notes import ShardNotes
from ml.pairs.work_folder import remove_ended_work_folders, remove_work_folder
from ml.runs.checks import check_has_images, check_name, check_positive
from ml.runs.disk_space import check_room_for_pairs
from ml.runs.leases.lease import LeaseLostError, fenced_transaction
from ml.runs.provenance import provenance
from ml.runs.work import Work
from ml.shards.cut import cut
from ml.shards.manifest import Manifest
from ml.shards.results import DamagedResultError, remove_result, result_of
from perception.core.progress import Progress

logger = logging.getLogger(__name__)

BATCH = 16
# How often shards are made whose files turn out to be damaged.
MOST_ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class PairMaking(Work[PairSet]):
    """Image pairs to be made of one side of a dataset's split."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.MAKE_PAIRS
    ways: ClassVar[frozenset[str]] = frozenset({"engine", "shards", "visibility"})

    attack: Attack
    name: str
    dataset: Dataset | None = None
    """None is the dataset that the attacked classifier learnt from."""
    split: str = "test"
    limit: int | None = None
    """At most so many images, the classes in their proportions; None is all."""
    engine: str | None = None
    """One of `ml.pairs.engines.choice.ENGINES`; None is the one that the settings name."""
    shards: int | None = None
    """Into how many shards the work is cut; None is as many as the engine usually has."""
    visibility: bool = False
    """Whether the worker is to queue the measuring of how visible the changes are, once the pairs are made."""

    @property
    def images_of(self) -> Dataset:
        """The dataset whose images are perturbed."""
        return self.dataset or self.attack.attacked_classifier.dataset

    @property
    def _engine(self) -> str:
        return self.engine or configured_engine()

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        check_name(PairSet, self.name)
        method_of(self.attack)
        check_has_images(self.images_of, self.split)
        if self.limit is not None:
            check_positive(limit=self.limit)
        check_engine(self._engine)
        if self.shards is not None:
            check_positive(shards=self.shards)
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
        """Have all shards made, collect their pairs, and save all rows at once; go on with what was collected."""
        remove_ended_work_folders()
        images = self._chosen()
        shards = self.shards or usual_shards(self._engine)
        wanted = cut(len(images), batch_size=self._batch_size(), shards=shards)
        collected = CollectedPairs(uid, images, cut=wanted)
        check_room_for_pairs(len(images) - collected.count, self.attack.attacked_classifier.image_size)
        progress(collected.count, len(images), "loading the attack")
        self._make_shards(collected, images, uid=uid, progress=progress)
        pair_set = self._save(run, collected, uid=uid)
        remove_work_folder(uid)
        return pair_set

    def _make_shards(
        self, collected: CollectedPairs, images: Sequence[Image], *, uid: uuid.UUID, progress: Progress
    ) -> None:
        def tell(standing: Standing) -> None:
            notes.note(standing, done=len(collected.cut) - len(collected.left))
            progress(collected.count + standing.images, len(images), _standing_note(standing))

        notes = ShardNotes(self._engine)
        engine = engine_named(self._engine)
        manifest = write_pair_manifest(
            self.attack,
            images,
            uid=uid,
            batch_size=self._batch_size(),
            cut=collected.cut,
            left=collected.left,
            copies=sees_work_folder_alone(self._engine),
        )
        if engine.goes_on:
            collected.keep_cut()  # whoever takes the run over finds what is under way
        try:
            for _ in range(MOST_ROUNDS):
                with closing(engine.make(manifest, collected.left, tell=tell)) as made:
                    for shard in made:
                        _collect(collected, manifest, shard)
                        progress(collected.count, len(images))
                if not collected.left:
                    notes.note_all_done(len(collected.cut))
                    return
        except LeaseLostError:
            raise  # another goes on with what is under way
        except (MlError, OSError, KeyboardInterrupt):  # a worker that is stopped leaves what is under way to the next
            engine.end(manifest)
            raise
        raise MlError(
            f"The files of shard {collected.left[0]} in {manifest.folder} were damaged {MOST_ROUNDS} times after they "
            "had been written: have the disk looked at, then ask for the same again."
        )

    def _save(self, run: Run, collected: CollectedPairs, *, uid: uuid.UUID) -> PairSet:
        pair_set = PairSet(
            owner=run.owner,
            uid=uid,
            name=self.name,
            attack=self.attack,
            dataset=self.images_of,
            split=self.split,
            strength=self.attack.strength,
            image_size=self.attack.attacked_classifier.image_size,
            run=run,
            provenance=self._provenance(seconds=collected.seconds),
        )
        with fenced_transaction():
            check_name(PairSet, self.name)  # another run may have taken it meanwhile
            pair_set.save()
            pairs = [ImagePair(pair_set=pair_set, **fields) for fields in collected.pairs]
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
        asked = {name: value for name, value in self.as_options().items() if name not in self.ways}
        return provenance(dataset=self.images_of, seed=0, options=asked, seconds=seconds) | {
            "attack_sha256": self.attack.weights_sha256,
            "classifier_sha256": self.attack.attacked_classifier.weights_sha256,
        }


def _standing_note(standing: Standing) -> str:
    """Tell where the shards stand, in a line; nothing where one is made after another, here."""
    if standing.images:
        return ""
    note = f"shards: {standing.running} being made, {standing.pending} waiting"
    if standing.waiting_for:
        note += f" for {standing.waiting_for}"
    if standing.failed:
        last = standing.failed[-1]
        note += f"; shard {last.shard} failed {last.attempts} of {MOST_ATTEMPTS} times"
    return note


def _collect(collected: CollectedPairs, manifest: Manifest, shard: int) -> None:
    """Collect a finished shard; one whose files are damaged is forgotten, and so made again."""
    result = result_of(manifest, shard)
    try:
        if result is not None:
            collected.collect(manifest, result)
    except DamagedResultError as error:
        logger.warning("Shard %d is made again: %s", shard, error)
        remove_result(manifest, shard)


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
