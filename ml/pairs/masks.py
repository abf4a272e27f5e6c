"""The masks of a set of image pairs, which say where each was changed: how many there are, and one hash of all."""

import hashlib
from collections.abc import Iterable

from ml.images.change_region import packed_sha256


def masks_in_provenance(masks: Iterable[tuple[str, bytes | memoryview | None]]) -> dict[str, object]:
    """Return what the provenance of image pairs says of their masks; nothing where none has one.

    Parameters
    ----------
    masks
        For each pair the image's name, and its mask, packed; None where it has none.

    Returns
    -------
    `masks`, their number, and `masks_sha256`, of a line for each, sorted, of name and hash of the mask's pixels.
    """
    lines = sorted(f"{name}\x1f{packed_sha256(bytes(mask))}\n" for name, mask in masks if mask is not None)
    if not lines:
        return {}
    return {"masks": len(lines), "masks_sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}
