"""What every engine is asked, and what it tells on the way."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias

from ml.shards.manifest import Manifest


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """The last attempt at a shard that did not come to its end."""

    shard: int
    attempts: int
    """So far."""
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the shards stand that an engine was asked for and has not given back yet."""

    running: int
    pending: int
    """Those that wait to be made, for the first time or again."""
    failed: tuple[FailedAttempt, ...] = ()
    """Those whose last attempt failed; they are among the running or pending again."""
    waiting_for: str = ""
    """What the pending ones wait for, in words, where it is not their turn."""
    images: int = 0
    """Images done of shards that are not."""


FinishedShards: TypeAlias = Generator[int, None, None]
"""Numbers of shards, each once its result is there. To be closed: what is under way is then ended."""


class Engine(Protocol):
    """One way to have shards made."""

    goes_on: ClassVar[bool]
    """Whether what it has begun goes on when this process ends, and whoever goes on with the run waits for it."""

    def make(self, manifest: Manifest, shards: Sequence[int], *, tell: Callable[[Standing], None]) -> FinishedShards:
        """Have the shards made; yield each once its result is there, in whatever order they come.

        Parameters
        ----------
        manifest
            Written.
        shards
            Those that are wanted. Of those whose result is there already, nothing is made again.
        tell
            Called every now and then with where they stand. What it raises ends the work.

        Raises
        ------
        MlError
            A shard cannot be made, or failed too often; or the engine lacks something. The message says which.
        """

    def end(self, manifest: Manifest) -> None:
        """End what goes on of the manifest's work, and forget failures: the run has ended, or is begun anew."""
