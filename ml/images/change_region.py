"""Where an image was changed: the smallest region that holds most of the change, and the marks that count as in it.

Used to judge a place that an observer marked. It is computed on the stored 8-bit images, of the twins alone; or it is a
mask, where whoever changed the images said where.
"""

import hashlib
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels

ENERGY_SHARE: Final = 0.8
"""Of the squared change, summed over channels and blurred: so much lies in the region."""
BLUR: Final = 0.005
"""Standard deviation of the Gaussian blur, of the image's side: single pixels of a change do not lie apart."""
LARGEST_LOCAL_SHARE: Final = 0.25
"""Of the image's area: a change whose region is larger is everywhere, and has no place that could be marked."""
LARGEST_ACCEPTED_SHARE: Final = 0.4
"""Of the image's area: where a mark is right in more than this, the change is everywhere too, if in few pixels."""
ACCEPTANCE_RADIUS: Final = 0.05
"""Of the image's side: a mark that lies no further than this from the region counts as in it."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ChangeRegion:
    """Where a pair of images differs.

    Attributes
    ----------
    region
        bool array of shape (height, width): the smallest set of pixels that holds `ENERGY_SHARE` of the change's
        energy, or a mask. Empty where nothing was changed.
    accepted
        bool array of the same shape: the pixels in which a mark counts as right, the region and what lies no further
        than `ACCEPTANCE_RADIUS` from it.
    """

    region: Mask
    accepted: Mask

    @property
    def share(self) -> float:
        """How much of the image's area the region takes, 0 to 1."""
        return float(self.region.mean())

    @property
    def accepted_share(self) -> float:
        """How much of the image's area counts as right, 0 to 1: how often a mark anywhere would be right."""
        return float(self.accepted.mean())

    @property
    def is_local(self) -> bool:
        """Whether the change has a place: something was changed, not too much, nor in places all over the image.

        Its region takes no more than `LARGEST_LOCAL_SHARE` of the image, and a mark is right in no more than
        `LARGEST_ACCEPTED_SHARE`: scattered pixels take little, but with the radius around them any mark is right.
        """
        return 0 < self.share <= LARGEST_LOCAL_SHARE and self.accepted_share <= LARGEST_ACCEPTED_SHARE


def change_region(clean: Pixels, perturbed: Pixels) -> ChangeRegion:
    """Return where two images differ.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (height, width, 3): 8-bit levels as stored.

    Returns
    -------
    ChangeRegion
        The squared differences, summed over the channels, are blurred by a Gaussian of `BLUR`; the pixels of most
        energy are taken until they hold `ENERGY_SHARE` of all. What is as high as the last one is taken with it, so
        that the region does not depend on an order of the pixels.

    Raises
    ------
    ValueError
        The images differ in shape.
    """
    from scipy.ndimage import gaussian_filter

    if clean.shape != perturbed.shape:
        raise ValueError(f"the images have the shapes {clean.shape} and {perturbed.shape}")
    squared = _energy(clean, perturbed)
    if not squared.any():
        return region_of_mask(np.zeros(squared.shape, dtype=bool))
    energy = gaussian_filter(squared, BLUR * max(squared.shape), mode="constant")
    ordered = np.sort(energy, axis=None)[::-1]
    # The sum is rounded: the last pixel of all stands for whatever is lost of it.
    last = min(int(np.searchsorted(np.cumsum(ordered), ENERGY_SHARE * ordered.sum())), ordered.size - 1)
    return region_of_mask(energy >= ordered[last])


def region_of_mask(mask: Mask, *, radius: float = ACCEPTANCE_RADIUS) -> ChangeRegion:
    """Return the region that a mask says, with the pixels in which a mark counts as right.

    Parameters
    ----------
    mask
        bool array of shape (height, width): where the image was changed. Where that is nowhere, no mark is right.
    radius
        How far from the region these pixels lie at most, of the image's longer side.
    """
    from scipy.ndimage import distance_transform_edt

    if not mask.any():
        return ChangeRegion(mask, mask)
    return ChangeRegion(mask, distance_transform_edt(~mask) <= radius * max(mask.shape))


def energy_outside(clean: Pixels, perturbed: Pixels, mask: Mask) -> float:
    """Return the share of the change's energy that lies outside a mask, 0 to 1; 0 where nothing was changed.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (height, width, 3): 8-bit levels.
    mask
        bool array of shape (height, width).
    """
    energy = _energy(clean, perturbed)
    whole = energy.sum()
    return float(energy[~mask].sum() / whole) if whole else 0.0


def _energy(clean: Pixels, perturbed: Pixels) -> NDArray[np.float64]:
    """Return the squared change of each pixel, summed over the channels."""
    energy: NDArray[np.float64] = ((clean.astype(np.float64) - perturbed.astype(np.float64)) ** 2).sum(axis=-1)
    return energy


def packed(mask: Mask) -> bytes:
    """Return a mask as bytes: eight pixels a byte, row by row, compressed by zlib."""
    return zlib.compress(np.packbits(mask).tobytes())


def unpacked(data: bytes, side: int) -> Mask:
    """Return the mask, of shape (side, side), that `packed` made bytes of."""
    bits = np.frombuffer(zlib.decompress(data), dtype=np.uint8)
    return np.unpackbits(bits, count=side * side).reshape(side, side).astype(bool)


def packed_sha256(data: bytes) -> str:
    """Return the SHA-256 of a mask that `packed` made bytes of: of its pixels, which no release of zlib changes."""
    return hashlib.sha256(zlib.decompress(data)).hexdigest()


def mask_sha256(mask: Mask) -> str:
    """Return the SHA-256 of a mask's pixels, row by row, eight a byte: what `packed_sha256` returns of it packed."""
    return hashlib.sha256(np.packbits(mask).tobytes()).hexdigest()
