"""One hash for a dataset's whole content, so that a figure can name the data that it was measured on."""

import hashlib
import json
from collections.abc import Iterable


def content_hash(images: Iterable[tuple[str, str, str, str]]) -> str:
    """Return the SHA-256, in hexadecimal, over every image's name, bytes, diagnosis and split.

    Parameters
    ----------
    images
        Name, SHA-256 of the bytes (hexadecimal), diagnosis and split of each image, in any order.

    Notes
    -----
    Hashed is, for each image in the order of the names' code points, the JSON array of the four texts, without
    spaces, in ASCII, and a line feed. Others can compute it from an export.
    """
    digest = hashlib.sha256()
    for image in sorted(images):
        digest.update(json.dumps(list(image), separators=(",", ":")).encode("ascii") + b"\n")
    return digest.hexdigest()
