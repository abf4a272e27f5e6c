"""Whether the process that does a run still lives: a lock that goes with the process, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from perception.core.file_lock import FileLock, is_locked


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
    with FileLock(path, wait=False):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # while it is held: whoever opens it later finds none, or an unheld one


def is_held(run_id: int) -> bool | None:
    """Say whether a living process holds the run's lock; None if no process of this machine ever did."""
    try:
        return is_locked(_path(run_id))
    except FileNotFoundError:
        return None


def forget(run_id: int) -> None:
    """Remove the lock that a dead process left."""
    _path(run_id).unlink(missing_ok=True)


def _path(run_id: int) -> Path:
    return Path(settings.DATA_DIR) / "runs" / f"{run_id}.lock"
