"""Locks of the operating system on files: they go with the process that holds them, however it ends.

Such a lock (`flock`) belongs to the open file, and each `FileLock` opens the file anew: threads of one process wait for
one another as processes do. It binds those who ask for it, and nobody else: the file can be read, written and removed
meanwhile.
"""

import fcntl
import os
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType


class FileLock(AbstractContextManager[int]):
    """Hold the lock of a file while a block runs; the block gets the file's descriptor, open to read and to write.

    Parameters
    ----------
    path
        The file. Its folder is there.
    wait
        Whether to wait for whoever holds it; they are let in in the order in which they came.
    create
        Whether to make the file if it is not there.
    mode
        The permissions of a file that is made.

    Raises
    ------
    BlockingIOError
        On entering, if it is held and was not to be waited for.
    FileNotFoundError
        On entering, if the file is not there and was not to be made.
    """

    # No generator: an observer's answer is stored under such a lock.
    __slots__ = ("_descriptor", "_flags", "_mode", "_operation", "_path")

    def __init__(self, path: Path, *, wait: bool = True, create: bool = True, mode: int = 0o644) -> None:
        """Touch nothing yet."""
        self._path, self._mode = path, mode
        self._flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        self._operation = fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB

    def __enter__(self) -> int:
        """Take the lock and return the file's descriptor."""
        descriptor = os.open(self._path, self._flags, self._mode)
        try:
            fcntl.flock(descriptor, self._operation)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return descriptor

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file, and with it give the lock back."""
        os.close(self._descriptor)


def is_locked(path: Path) -> bool:
    """Say whether somebody holds the lock of a file.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    """
    try:
        with FileLock(path, wait=False, create=False):
            return False
    except BlockingIOError:
        return True
