"""One hash for a dataset's whole content, so that a figure can name the data that it was measured on."""

import hashlib
import json
from collections.abc import Iterable


def content_hash(images: Iterable[tuple[str, str, str, str]], *, fit: str = "squeeze") -> str:
    """Return the SHA-256, in hexadecimal, over every image's name, bytes, diagnosis and split, and how it is squared.

    Parameters
    ----------
    images
        Name, SHA-256 of the bytes (hexadecimal), diagnosis and split of each image, in any order.

    fit
        How images that are not square are made so: `crop`, `pad` or `squeeze`; `squeeze` where all are square.

    Notes
    -----
    Where `fit` is not `squeeze`, the JSON array `["fit",fit]` and a line feed come first: with another choice other
    pixels are seen. (Earlier versions knew `squeeze` alone; their hashes hold.) Then hashed is, for each image in the
    order of the names' code points, the JSON array of the four texts, without spaces, in ASCII, and a line feed. Others
    can compute it from an export.
    """
    digest = hashlib.sha256()
    if fit != "squeeze":
        digest.update(json.dumps(["fit", fit], separators=(",", ":")).encode("ascii") + b"\n")
    for image in sorted(images):
        digest.update(json.dumps(list(image), separators=(",", ":")).encode("ascii") + b"\n")
    return digest.hexdigest()
