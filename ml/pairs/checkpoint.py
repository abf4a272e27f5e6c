"""The pairs that a making of pairs has finished: kept in its checkpoint, so that none is made twice."""

import json
import uuid
from typing import TypedDict

from ml.pairs.files import TwinFields
from ml.runs.checkpoints import Checkpoint
from ml.runs.cleanup import remove_pair_files

PART = "pairs.json"


class PairFields(TwinFields):
    """The fields of a pair's row, as JSON; its pair set is there once all pairs are."""

    image_id: int


class _Kept(TypedDict):
    pairs: list[PairFields]
    seconds: float


class PairCheckpoint:
    """The fields of the finished pairs' rows, as JSON: those of an earlier part of the run first.

    Files in the run's folder that are none of theirs were written after the last checkpoint, and are removed.
    """

    def __init__(self, uid: uuid.UUID) -> None:
        """Read what an earlier part of the run of that uid kept, if there was one."""
        self._checkpoint = Checkpoint(uid)
        data = self._checkpoint.read(PART)
        kept: _Kept = {"pairs": [], "seconds": 0.0} if data is None else json.loads(data)
        self.pairs: list[PairFields] = kept["pairs"]
        self.seconds_before: float = kept["seconds"]
        """The wall time of the earlier parts, up to their last checkpoint."""
        remove_pair_files(
            uid, but={file for pair in self.pairs for file in (pair["clean_file"], pair["perturbed_file"])}
        )

    def add(self, fields: PairFields, *, seconds: float) -> None:
        """Add a finished pair; `seconds` are those since this part of the run began."""
        self.pairs.append(fields)
        self._checkpoint.write_if_due(
            PART, lambda: json.dumps({"pairs": self.pairs, "seconds": self.seconds_before + seconds}).encode()
        )
