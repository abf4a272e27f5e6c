"""Engines run on a manifest, without a database: what they leave, and what they tell."""

import time
from collections.abc import Callable, Collection
from pathlib import Path

from ml.pairs.engines.engine import Engine, Standing
from ml.shards.manifest import Manifest
from ml.shards.results import read_twin, result_of


class Told:
    """What an engine told on the way."""

    def __init__(self, act: Callable[[Standing], None] | None = None) -> None:
        self.standings: list[Standing] = []
        self._act = act

    def __call__(self, standing: Standing) -> None:
        self.standings.append(standing)
        if self._act is not None:
            self._act(standing)

    @property
    def failures(self) -> set[tuple[int, int]]:
        """Shard and attempts of all failures that were told."""
        return {(one.shard, one.attempts) for standing in self.standings for one in standing.failed}


def make_all(engine: Engine, manifest: Manifest, told: Told | None = None) -> list[int]:
    """Have all shards made; return them as they came."""
    return list(engine.make(manifest, range(len(manifest.cut)), tell=told or Told()))


def bytes_of(manifest: Manifest) -> list[bytes]:
    """Return the bytes of all twins, in the images' order."""
    files = []
    for shard in range(len(manifest.cut)):
        result = result_of(manifest, shard)
        assert result is not None
        for twin in result.twins:
            files.append(read_twin(manifest, result, twin.clean_file, twin.clean_sha256))
            files.append(read_twin(manifest, result, twin.perturbed_file, twin.perturbed_sha256))
    return files


def attempts_at(manifest: Manifest, shards: Collection[int]) -> dict[int, list[Path]]:
    """Return the folders that attempts at the shards made."""
    return {shard: sorted((manifest.folder / "shards").glob(f"{shard:06d}-*")) for shard in shards}


def once(act: Callable[[], bool]) -> Callable[[Standing], None]:
    """Return what does a thing at every telling, until it says that it is done."""
    done: list[float] = []

    def act_until_done(standing: Standing) -> None:
        if not done and act():
            done.append(time.monotonic())

    return act_until_done
