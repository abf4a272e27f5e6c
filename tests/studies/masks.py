"""Image pairs whose change a mask says."""

import numpy as np

from ml.images.change_region import Mask, packed
from ml.models.image_pair import ImagePair
from ml.models.pair_set import PairSet
from tests.studies.factories import make_pair_set


def corner(side: int, width: int = 3) -> Mask:
    """Return a mask of the upper left corner."""
    mask = np.zeros((side, side), dtype=bool)
    mask[:width, :width] = True
    return mask


def give_mask(pair: ImagePair, mask: Mask) -> None:
    """Let a mask say where a pair was changed."""
    pair.mask = packed(mask)
    pair.save(update_fields=["mask"])


def make_masked_pair_set(*, n: int = 8, size: int = 12, masked: int | None = None) -> PairSet:
    """Return pairs of which so many (None: all) have a mask of the corner, where no more is changed than elsewhere."""
    pair_set = make_pair_set(n=n, size=size)
    for pair in pair_set.pairs.order_by("pk")[:masked]:
        give_mask(pair, corner(size))
    return pair_set
