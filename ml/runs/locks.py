"""Whether the process that does a run still lives: a lock that goes with the process, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def hold_run(run_id: int) -> Iterator[None]:
    """Hold the run's lock while the block runs.

    Raises
    ------
    BlockingIOError
        Another process holds it.
    """
    path = _path(run_id)
    path.parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # while it is held: whoever opens it later finds none, or an unheld one
    finally:
        os.close(descriptor)


def is_held(run_id: int) -> bool | None:
    """Say whether a living process holds the run's lock; None if no process of this machine ever did."""
    try:
        descriptor = os.open(_path(run_id), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def forget(run_id: int) -> None:
    """Remove the lock that a dead process left."""
    _path(run_id).unlink(missing_ok=True)


def _path(run_id: int) -> Path:
    return Path(settings.DATA_DIR) / "runs" / f"{run_id}.lock"
