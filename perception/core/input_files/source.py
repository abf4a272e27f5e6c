"""The bytes of a file that a command is given, or of standard input."""

import sys
from pathlib import Path

from django.core.management.base import CommandError

from perception.core.input_files.plain_file import NotPlainFileError, read_plain_file

STANDARD_INPUT = "-"
LARGEST_FILE = 1024**3
"""In bytes: some ten million answers."""


def read_input_file(name: str) -> tuple[bytes, str]:
    """Return the bytes of a file, and its name for messages.

    Parameters
    ----------
    name
        The file's path; `-` is standard input.

    Raises
    ------
    CommandError
        The file cannot be read, is a device or a pipe, or larger than `LARGEST_FILE`.
    """
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read(), "standard input"
    try:
        return read_plain_file(Path(name), limit=LARGEST_FILE), name
    except OSError as error:
        hint = "; name the files in it" if isinstance(error, IsADirectoryError) else ""
        if isinstance(error, NotPlainFileError):
            hint = "; what comes through a pipe is read from standard input (-)"
        raise CommandError(f"{name} cannot be read: {error.strerror}{hint}") from error
