"""Ctrl-C, which must not get lost."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruption_kept() -> Iterator[Callable[[], None]]:
    """Let no Ctrl-C get lost while the block runs.

    Python raises KeyboardInterrupt wherever the program is at that moment. In a library's clean-up another error
    takes its place (in Django's file storage, between opening a file and giving it a name: “Bad file descriptor”), a
    reader of damaged files takes it for damage, and in a finalizer it is printed and forgotten. What comes of the
    block is then KeyboardInterrupt all the same, if the error leaves the block or the block asks from step to step.

    Yields
    ------
    callable
        Raises KeyboardInterrupt if Ctrl-C was pressed since the block began, and the block goes on.

    Raises
    ------
    KeyboardInterrupt
        In place of an error that came of one.
    """
    pressed = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    # Elsewhere it is somebody else's: a worker's own handler, or a thread, which may set none.
    ours = before is signal.default_int_handler and threading.current_thread() is threading.main_thread()

    def interrupt(signum: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(signum, frame)

    def raise_if_pressed() -> None:
        if pressed.is_set():
            raise KeyboardInterrupt

    if ours:
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield raise_if_pressed
    except Exception as error:
        if pressed.is_set():
            raise KeyboardInterrupt from error
        raise
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
