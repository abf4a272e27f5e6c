"""A worker's wish to end: asked for by a signal, heard by the work at its next step, after a last checkpoint."""

import threading


class StoppingError(BaseException):
    """The worker is to end, and the work lets go. No `Exception`: the work must not take it for an error of its own."""


_asked = threading.Event()


def ask_for_stop() -> None:
    """Let the work of this process end at its next step. Safe in the handler of a signal."""
    _asked.set()


def forget_stop() -> None:
    """Let the next work of this process be done to its end."""
    _asked.clear()


def stop_is_asked() -> bool:
    """Say whether the work of this process is to end."""
    return _asked.is_set()
