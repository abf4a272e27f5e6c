"""How a definition names image pairs: by their name, and by what they hold, which is the same in every installation."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from ml.images.change_region import packed_sha256
from ml.models.pair_set import PairSet
from perception.analysis.json_values import JsonObject


@dataclass(frozen=True, slots=True)
class PairSetReference:
    """Image pairs, as a definition names them.

    Attributes
    ----------
    name
        Theirs where the definition was written.
    content_sha256
        Of the names of the images, the hashes of both twins' files, and, where a pair has one, that of its mask: it is
        the truth of a place that is marked.
    strength_levels
        The largest change to a pixel channel, in 8-bit levels: for whoever is to make or find such pairs.
    side_pixels
        Of the square images, for the same.
    """

    name: str
    content_sha256: str
    strength_levels: float
    side_pixels: int

    def as_json(self) -> JsonObject:
        """Return the object that stands in a definition."""
        return asdict(self)


def reference_to(pair_set: PairSet) -> PairSetReference:
    """Return how a definition names image pairs (one query)."""
    return PairSetReference(pair_set.name, content_sha256(pair_set), float(pair_set.strength), pair_set.image_size)


def content_sha256(pair_set: PairSet) -> str:
    """Return the SHA-256 of what image pairs hold: a line for each, sorted, of name and hashes of files and mask."""
    pairs = pair_set.pairs.values_list("image__name", "clean_sha256", "perturbed_sha256", "mask")
    held = ((*told, *(() if mask is None else (packed_sha256(bytes(mask)),))) for *told, mask in pairs.iterator())
    digest = hashlib.sha256()
    for line in sorted("\x1f".join(pair) for pair in held):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


class PairSetFinder:
    """Finds image pairs among those that somebody may use; what each holds is looked at once."""

    def __init__(self, usable: Iterable[PairSet]) -> None:
        """Look among these."""
        self._usable: Sequence[PairSet] = list(usable)
        self._contents: dict[int, str] = {}

    def find(self, reference: PairSetReference) -> PairSet | None:
        """Return the image pairs that a definition names; None where there are none.

        Those of the same name that hold the same come first, then those that hold the same under another name; then
        those of the same name that hold something else (`is_same` tells).
        """
        named = next((one for one in self._usable if one.name == reference.name), None)
        if named is not None and self.is_same(named, reference):
            return named
        return next((one for one in self._usable if self.is_same(one, reference)), named)

    def is_same(self, pair_set: PairSet, reference: PairSetReference) -> bool:
        """Whether image pairs hold what those of the definition held."""
        if (pair_set.strength, pair_set.image_size) != (reference.strength_levels, reference.side_pixels):
            return False
        if pair_set.pk not in self._contents:
            self._contents[pair_set.pk] = content_sha256(pair_set)
        return self._contents[pair_set.pk] == reference.content_sha256
