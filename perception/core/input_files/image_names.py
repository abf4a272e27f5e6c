"""Names of images, as two programs write them: compared in one form."""

import unicodedata
from pathlib import PurePosixPath


def normal_name(text: str) -> str:
    """Return a name of an image in the one form in which names are compared.

    Letters are composed (NFC; a Mac lists files with their accents apart), `/` stands between folders (Windows writes
    `\\`), a leading `./` is gone, and the ending is in small letters.

    Parameters
    ----------
    text
        A file's name, a path, or either without the ending.
    """
    path = PurePosixPath(unicodedata.normalize("NFC", text.strip()).replace("\\", "/"))
    return str(path.with_suffix(path.suffix.lower())) if path.suffix else str(path)
