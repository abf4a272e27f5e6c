"""Shards made by a process of their own: one that a scheduler starts on some machine, or one beside the worker."""

import platform
from collections.abc import Sequence
from pathlib import Path

from ml.errors import MlError, within_a_screen
from ml.shards.making import ShardMaker
from ml.shards.manifest import read_manifest
from ml.shards.results import ShardFailure, write_failure


def make_shards(folder: str, shards: Sequence[int]) -> None:
    """Make shards of the manifest in a folder, one after another; the first that fails says so there, and ends it.

    Raises
    ------
    Exception
        Whatever an attempt failed by: the process is to end with it.
    """
    manifest = read_manifest(Path(folder))
    maker = ShardMaker(manifest)
    for shard in shards:
        try:
            maker.make(shard)
        except Exception as error:
            foreseen = isinstance(error, MlError)
            message = str(error) if foreseen else f"{type(error).__name__}: {error}"
            failure = ShardFailure(within_a_screen(message), foreseen=foreseen, machine=platform.node())
            write_failure(manifest, shard, failure)
            raise
