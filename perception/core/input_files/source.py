"""The bytes of a file that a command is given, or of standard input."""

import sys
from pathlib import Path

from django.core.management.base import CommandError

STANDARD_INPUT = "-"


def read_input_file(name: str) -> tuple[bytes, str]:
    """Return the bytes of a file, and its name for messages.

    Parameters
    ----------
    name
        The file's path; `-` is standard input.

    Raises
    ------
    CommandError
        The file cannot be read.
    """
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read(), "standard input"
    try:
        return Path(name).read_bytes(), name
    except OSError as error:
        hint = "; name the files in it" if isinstance(error, IsADirectoryError) else ""
        raise CommandError(f"{name} cannot be read: {error.strerror}{hint}") from error
