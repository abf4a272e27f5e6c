"""Where the shards of a run stand, noted in its row: what its page shows."""

import time
from dataclasses import asdict

from ml.pairs.engines.engine import Standing
from ml.runs.leases.lease import current_lease

NOTE_EVERY = 1.0
"""Seconds between two notes."""


class ShardNotes:
    """Notes how many shards are done, being made and waiting, which failed, and what the waiting ones wait for."""

    def __init__(self, engine: str) -> None:
        """Take note of who makes them."""
        self._engine = engine
        self._last = float("-inf")

    def note(self, standing: Standing, *, done: int) -> None:
        """Note it, if the last note is long enough ago; `done` are the shards that are collected."""
        now = time.monotonic()
        if now - self._last >= NOTE_EVERY:
            self._last = now
            self._write(standing, done)

    def note_all_done(self, count: int) -> None:
        """Note that all shards are collected."""
        self._write(Standing(running=0, pending=0), count)

    def _write(self, standing: Standing, done: int) -> None:
        lease = current_lease()
        if lease is None:
            return
        lease.row().update(
            shards={
                "engine": self._engine,
                "done": done,
                "running": standing.running,
                "pending": standing.pending,
                "failed": [asdict(one) for one in standing.failed],
                "waiting_for": standing.waiting_for,
            }
        )
