"""Stored files, read back: what is used is what was stored, checked against the hash that was kept of it."""

import hashlib

from django.db.models.fields.files import FieldFile


class AlteredFileError(Exception):
    """A stored file is not as it was stored: it is damaged, or was replaced."""


def read_stored(file: FieldFile) -> bytes:
    """Return the bytes of a stored file, whatever they are by now.

    Raises
    ------
    OSError
        It is gone, or cannot be read.
    """
    with file.storage.open(str(file.name)) as opened:
        return bytes(opened.read())


def read_unaltered(file: FieldFile, sha256: str) -> bytes:
    """Return the bytes of a stored file.

    Parameters
    ----------
    file
        The field of the row that has it.
    sha256
        The hash of the bytes that were stored, as hexadecimal digits.

    Raises
    ------
    OSError
        It is gone, or cannot be read.
    AlteredFileError
        It is not as it was stored; the caller knows what it shows and what to do about it.
    """
    data = read_stored(file)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise AlteredFileError("the file is damaged or was replaced")
    return data
