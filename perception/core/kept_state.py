"""What long work keeps of how far it is, so that it goes on after a stop: one small protocol.

What computes knows no more of it: neither where it is kept nor by whom.
"""

from collections.abc import Callable
from typing import Protocol


class KeptState(Protocol):
    """The state of one piece of work, in parts that have names."""

    def read(self, name: str) -> bytes | None:
        """Return a part as it was written last; None if it never was."""

    def write(self, name: str, data: bytes) -> None:
        """Write a part, now."""

    def write_if_due(self, name: str, data: Callable[[], bytes]) -> None:
        """Write a part if the last writing is long enough ago."""
