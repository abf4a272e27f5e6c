"""The secret key of an installation that sets none: made once, kept in the data folder."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from perception.core.private_file import write_private

logger = logging.getLogger(__name__)

SHORTEST = 32
"""Characters. A key that is made here has 50."""


def read_or_make_secret_key(path: Path) -> str:
    """Return the key in `path`; make the file, readable by its owner alone, if it is not there.

    Two processes that start at once end up with the same key. The file is there whole or not at all. An empty one,
    which a full disk has left, is replaced: nothing was ever signed with it. A short one is refused, since somebody
    wrote it, and may have signed with it.

    Raises
    ------
    ImproperlyConfigured
        The key is too short, or it can be neither read nor written.
    """
    try:
        return _read(path) or _make(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The secret key in {path} can be neither read nor written: {error.strerror}. Make room, or let this user "
            "write there, and start again; or set PERCEPTION_SECRET_KEY."
        ) from error


def _read(path: Path) -> str:
    """Return the key; nothing where there is none yet, or nothing stands in its file."""
    try:
        key = path.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""
    if key and len(key) < SHORTEST:
        raise ImproperlyConfigured(
            f"{path} holds {len(key)} characters, too few for a secret key ({SHORTEST} or more). Remove the file for a "
            "new one (everybody then signs in again), or set PERCEPTION_SECRET_KEY."
        )
    return key


def _make(path: Path) -> str:
    with _alone_in(path.parent):
        if key := _read(path):  # another process was quicker
            return key
        if path.exists():
            logger.warning("%s was empty (was the disk full?): a new secret key is made.", path)
        key = get_random_secret_key()
        write_private(path, key)
    return key


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes that would make a key waiting meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
