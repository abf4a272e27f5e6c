"""Shards made one after another, in this process: needs nothing, and is the default."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from ml.pairs.engines.engine import FinishedShards, Standing
from ml.shards.making import ShardMaker
from ml.shards.manifest import Manifest


class InlineEngine:
    """This process."""

    goes_on: ClassVar[bool] = False

    def make(self, manifest: Manifest, shards: Sequence[int], *, tell: Callable[[Standing], None]) -> FinishedShards:
        """Make them in order."""
        maker = ShardMaker(manifest)
        for place, shard in enumerate(shards):
            pending = len(shards) - place - 1

            def tell_of_images(images: int, pending: int = pending) -> None:
                tell(Standing(running=1, pending=pending, images=images))

            maker.make(shard, tell=tell_of_images)
            yield shard

    def end(self, manifest: Manifest) -> None:
        """Nothing of it outlives this process."""
