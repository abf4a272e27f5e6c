"""Work of a web process that takes a core for long: one at a time, a few in line, no more."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Whose turn it is among a process's threads, so that most of them are free for requests that take a moment."""

    def __init__(self, *, waiting: int, longest_wait: float) -> None:
        """Let `waiting` threads stand in line behind the one that works, for `longest_wait` seconds at most."""
        self._line = threading.BoundedSemaphore(1 + waiting)
        self._turn = threading.Lock()
        self._longest_wait = longest_wait

    @contextmanager
    def own(self) -> Iterator[bool]:
        """Yield True once it is this thread's turn; False at once where the line is full, or after the longest wait."""
        if not self._line.acquire(blocking=False):
            yield False
            return
        try:
            is_ours = self._turn.acquire(timeout=self._longest_wait)
            try:
                yield is_ours
            finally:
                if is_ours:
                    self._turn.release()
        finally:
            self._line.release()
