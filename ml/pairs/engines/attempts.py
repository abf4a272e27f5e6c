"""How often shards failed, and when that is too often."""

import json
from collections.abc import Collection
from dataclasses import asdict

from ml.errors import MlError
from ml.pairs.engines.engine import FailedAttempt
from ml.shards.manifest import Manifest
from ml.shards.results import failure_of, forget_failure
from ml.shards.whole_files import write_whole

MOST_ATTEMPTS = 3
NAME = "failures.json"


class Attempts:
    """The failures of one manifest's shards, kept in its folder: whoever takes the run over counts on."""

    def __init__(self, manifest: Manifest) -> None:
        """Read what was counted for this manifest."""
        self._manifest = manifest
        self._failures: dict[int, FailedAttempt] = {}
        try:
            read = json.loads((manifest.folder / NAME).read_bytes())
        except FileNotFoundError:
            return
        if read["manifest_sha256"] == manifest.sha256:
            self._failures = {one["shard"]: FailedAttempt(**one) for one in read["failures"]}

    def failed(self, shard: int, why: str) -> None:
        """Count a failure.

        Parameters
        ----------
        why
            In words, where the attempt itself could not say.

        Raises
        ------
        MlError
            It was the last attempt, or the next would fail by the same.
        """
        said = failure_of(self._manifest, shard)
        forget_failure(self._manifest, shard)
        if said is not None and said.foreseen:
            raise MlError(said.message)
        if said is not None:
            why = f"{said.message} (on {said.machine})"
        before = self._failures.get(shard)
        failure = FailedAttempt(shard, 1 if before is None else before.attempts + 1, why)
        self._failures[shard] = failure
        kept = {"manifest_sha256": self._manifest.sha256, "failures": [asdict(one) for one in self._failures.values()]}
        write_whole(self._manifest.folder / NAME, json.dumps(kept).encode())
        if failure.attempts >= MOST_ATTEMPTS:
            raise MlError(f"Shard {shard} failed {MOST_ATTEMPTS} times, the last time so: {why}")

    def failures_of(self, shards: Collection[int]) -> tuple[FailedAttempt, ...]:
        """Return the last failure of each of the shards that failed."""
        return tuple(self._failures[shard] for shard in sorted(shards) if shard in self._failures)


def forget_failures(manifest: Manifest) -> None:
    """Count from nothing again: somebody asked for the work anew."""
    (manifest.folder / NAME).unlink(missing_ok=True)
