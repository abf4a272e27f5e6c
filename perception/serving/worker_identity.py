"""Which background worker this data folder has: one name, and one process at a time that goes by it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from perception.core.file_lock import FileLock
from perception.serving.errors import ServeError


@contextmanager
def hold_worker_id(path: Path) -> Iterator[str]:
    """Yield the worker's name, kept in the file, while no other process holds it.

    The name is made once and stays, so that a task which a dead worker left behind can be told from one that a
    worker on another machine is doing. The lock goes with the process, however it ends.

    Raises
    ------
    ServeError
        Another process holds the name.
    """
    with ExitStack() as stack:
        try:
            descriptor = stack.enter_context(FileLock(path, wait=False))
        except BlockingIOError as error:
            raise ServeError(
                f"Another `manage.py serve` already runs the background worker of {path.parent}. Stop it, "
                "or serve beside it with --no-worker."
            ) from error
        with os.fdopen(descriptor, "r+", encoding="ascii", closefd=False) as file:
            name = file.read().strip()
            if not name:
                name = f"serve-{secrets.token_hex(8)}"
                file.write(name)
        yield name
