"""The secret key of an installation that sets none: made once, kept in the data folder."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def read_or_make_secret_key(path: Path) -> str:
    """Return the key in `path`; make the file, readable by its owner alone, if it is not there.

    Two processes that start at once end up with the same key: the file is created exclusively, and whoever
    comes second reads what the first wrote.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    key = get_random_secret_key()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key
