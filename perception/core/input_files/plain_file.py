"""The bytes of a plain file: no device or pipe, which would never end, and none that is too large to be meant."""

import errno
import os
import stat
from pathlib import Path


class NotPlainFileError(OSError):
    """A device, a pipe or a socket: to read it would wait, or never end."""

    def __init__(self, path: Path) -> None:
        """Say so in `strerror`, as the operating system's errors do."""
        super().__init__(errno.EINVAL, "it is no plain file, but a device, a pipe or a socket", str(path))


class TooLargeError(OSError):
    """A file that is larger than any that is meant."""

    def __init__(self, path: Path, limit: int) -> None:
        """Say so in `strerror`, with the limit."""
        super().__init__(errno.EFBIG, f"it is larger than {limit // 1024**2:,} MiB", str(path))


def check_plain_file(path: Path, *, limit: int) -> None:
    """Refuse what is no plain file, or too large, without opening it.

    Parameters
    ----------
    path
        Of a file; links are followed.
    limit
        The largest size, in bytes.

    Raises
    ------
    OSError
        No such file, a folder, no plain file (`NotPlainFileError`), or too large (`TooLargeError`).
    """
    _check(path, path.stat(), limit)


def read_plain_file(path: Path, *, limit: int) -> bytes:
    """Return the bytes of a plain file; its kind and size are looked at before anything is read.

    Parameters
    ----------
    path
        Of a file; links are followed.
    limit
        The largest size, in bytes.

    Raises
    ------
    OSError
        As `check_plain_file`, or it cannot be read.
    """
    check_plain_file(path, limit=limit)
    # Not blocking: a pipe that has taken the file's place meanwhile must not wait for a writer.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        _check(path, os.fstat(file.fileno()), limit)
        data = file.read(limit + 1)
    if len(data) > limit:  # it has grown since
        raise TooLargeError(path, limit)
    return data


def _check(path: Path, status: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise NotPlainFileError(path)
    if status.st_size > limit:
        raise TooLargeError(path, limit)
