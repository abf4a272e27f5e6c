"""The pairs of finished shards, moved to the storage under random names: what a run that goes on does not make again.

Whoever takes the run over, on whatever machine, finds them: the files in the storage, their rows' fields in the run's
checkpoint, one part a shard. What the checkpoint does not name was being moved when an earlier part of the run ended.
"""

import json
import time
import uuid
from collections.abc import Sequence
from functools import partial

from django.core.files.storage import default_storage

from ml.images.prefetch import prefetched
from ml.models import Image
from ml.pairs.files import TwinFields, save_twins
from ml.runs.checkpoints import Checkpoint
from ml.runs.cleanup import remove_pair_files
from ml.runs.storage import pairs_folder
from ml.shards.manifest import Manifest
from ml.shards.results import ShardResult, TwinFiles, read_twin, remove_result

CUT = "cut.json"


class PairFields(TwinFields):
    """What a pair's row holds, as JSON; its pair set is there once all pairs are."""

    image_id: int


class CollectedPairs:
    """The fields of the pairs' rows, by shard."""

    def __init__(self, uid: uuid.UUID, images: Sequence[Image], *, cut: Sequence[tuple[int, int]]) -> None:
        """Read what earlier parts of the run collected, and remove the files that they left beside it.

        Parameters
        ----------
        images
            All that are to be perturbed, in order.
        cut
            Into shards, where no earlier part cut them: a run that goes on keeps its first cut.
        """
        self._began = time.monotonic()
        self._uid = uid
        self._checkpoint = Checkpoint(uid)
        kept = self._checkpoint.read(CUT)
        self._cut_is_kept = kept is not None
        self.cut: list[tuple[int, int]] = list(cut) if kept is None else [(a, b) for a, b in json.loads(kept)]
        self._seconds_before = 0.0
        self._pairs: dict[int, list[PairFields]] = {}
        for shard, (start, stop) in enumerate(self.cut):
            data = self._checkpoint.read(_part(shard))
            if data is None:
                continue
            read = json.loads(data)
            if [pair["image_id"] for pair in read["pairs"]] == [image.pk for image in images[start:stop]]:
                self._pairs[shard] = read["pairs"]
                self._seconds_before = max(self._seconds_before, read["seconds"])
        remove_pair_files(
            uid, but={name for pair in self.pairs for name in (pair["clean_file"], pair["perturbed_file"])}
        )

    @property
    def left(self) -> list[int]:
        """The shards that are not collected."""
        return [shard for shard in range(len(self.cut)) if shard not in self._pairs]

    @property
    def pairs(self) -> list[PairFields]:
        """The pairs of the collected shards, in the images' order."""
        return [pair for shard in sorted(self._pairs) for pair in self._pairs[shard]]

    @property
    def count(self) -> int:
        """How many pairs are collected."""
        return sum(map(len, self._pairs.values()))

    @property
    def seconds(self) -> float:
        """The wall time of the run so far, of its earlier parts up to their last shard."""
        return self._seconds_before + time.monotonic() - self._began

    def keep_cut(self) -> None:
        """Keep the cut into shards for whoever goes on with the run."""
        if not self._cut_is_kept:
            self._checkpoint.write(CUT, json.dumps(self.cut).encode())
            self._cut_is_kept = True

    def collect(self, manifest: Manifest, result: ShardResult) -> None:
        """Move a shard's pairs to the storage, each file checked by its hash.

        Raises
        ------
        DamagedResultError
            A file is not as the shard wrote it; nothing of the shard is kept in the storage.
        """
        saved: list[str] = []
        move = partial(_moved, manifest=manifest, result=result, folder=pairs_folder(self._uid), saved=saved)
        try:
            with prefetched(move, result.twins) as moved:
                pairs = list(moved)
            self.keep_cut()
            part = {"pairs": pairs, "seconds": self.seconds}
            self._checkpoint.write(_part(result.shard), json.dumps(part).encode())
        except BaseException:
            # These alone: where another process has the run by now, the folder holds what that one collects.
            for name in saved:
                default_storage.delete(name)
            raise
        self._pairs[result.shard] = pairs
        remove_result(manifest, result.shard)


def _moved(twins: TwinFiles, *, manifest: Manifest, result: ShardResult, folder: str, saved: list[str]) -> PairFields:
    clean = read_twin(manifest, result, twins.clean_file, twins.clean_sha256)
    perturbed = read_twin(manifest, result, twins.perturbed_file, twins.perturbed_sha256)
    clean_name, perturbed_name = save_twins(clean, perturbed, folder=folder)
    saved += (clean_name, perturbed_name)
    return {
        "image_id": twins.image_id,
        "clean_file": clean_name,
        "perturbed_file": perturbed_name,
        "clean_sha256": twins.clean_sha256,
        "perturbed_sha256": twins.perturbed_sha256,
        "linf": twins.linf,
        "l2": twins.l2,
        "psnr": twins.psnr,
        "ssim": twins.ssim,
    }


def _part(shard: int) -> str:
    return f"shard-{shard:06d}.json"
