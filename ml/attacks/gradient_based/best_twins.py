"""Of the 8-bit images that an attack tries of each clean one, the one that is kept."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ml.attacks.gradient_based.levels import LEVELS, Floats
from ml.images.pixels import Pixels

Numbers = NDArray[np.int64]
Distance = Callable[[Floats, Floats], Floats]
"""Clean and changed images, float32 (n, side, side, 3) in [0, 1] → how far the change is, (n,)."""
Ask = Callable[[Floats], tuple[Floats, Floats]]
"""Images alike → the gradient of what is to be made small, alike, and by how much the target class leads, (n,)."""

Offer = Callable[[Floats, Floats], NDArray[np.bool_]]
"""Twins, float32 (n, side, side, 3) in whole levels, and by how much the target class leads in each → whether each
differs from its image and is read as the target class."""


class BestTwins:
    """Keeps, of each image, the twin that fools at the least distance; where none does, the one nearest to fooling.

    A twin that is the clean image is never kept, though it may be read as the target class: a perturbed twin without a
    change would be a false stimulus.

    Parameters
    ----------
    clean
        uint8 array of shape (n, side, side, 3).
    distance
        What is to be small where the target class is read.
    """

    def __init__(self, clean: Pixels, distance: Distance) -> None:
        """Begin with the images themselves, which the first twin that differs takes the place of."""
        self._clean = clean.astype(np.float32)
        self._distance = distance
        self._twins = self._clean.copy()
        self._distances: Floats = np.full(len(clean), np.inf, dtype=np.float32)
        self._leads: Floats = np.full(len(clean), -np.inf, dtype=np.float32)

    @property
    def twins(self) -> Floats:
        """What is kept, float32 (n, side, side, 3) in [0, 1], each a whole level."""
        return self._twins / LEVELS

    @property
    def fooled(self) -> NDArray[np.bool_]:
        """Of which images a twin was found that is read as the target class; bool (n,)."""
        return np.isfinite(self._distances)

    def offer(self, numbers: Numbers, shown: Floats, leads: Floats) -> NDArray[np.bool_]:
        """Take a twin of each of some images.

        Parameters
        ----------
        numbers
            Which images they are twins of, int64 (some,).
        shown
            float32 array of shape (some, side, side, 3), whole levels.
        leads
            By how much the target class leads in each.

        Returns
        -------
        Whether each twin differs from its image and is read as the target class; bool (some,).
        """
        differs = (shown != self._clean[numbers]).any(axis=(1, 2, 3))
        fools: NDArray[np.bool_] = differs & (leads > 0)
        if fools.any():
            fooling, found = numbers[fools], shown[fools]
            distances = self._distance(self._clean[fooling] / LEVELS, found / LEVELS)
            nearer = distances < self._distances[fooling]
            self._twins[fooling[nearer]], self._distances[fooling[nearer]] = found[nearer], distances[nearer]
        closer = differs & ~self.fooled[numbers] & (leads > self._leads[numbers])
        self._twins[numbers[closer]], self._leads[numbers[closer]] = shown[closer], leads[closer]
        return fools


def search_twins(clean: Pixels, ask: Ask, distance: Distance, search: Callable[[Numbers, BestTwins], None]) -> Floats:
    """Return the twin of each image: the least there is where that does, what a search finds elsewhere.

    The least change of a saved image is one level of one channel of one pixel. Where the target class is read then (of
    most images that are read so already), nothing is looked for.

    Parameters
    ----------
    clean
        uint8 array of shape (n, side, side, 3).
    search
        Given which images are left, offers twins of them.

    Returns
    -------
    float32 array of shape (n, side, side, 3) in [0, 1], whole levels.
    """
    best = BestTwins(clean, distance)
    start = clean.astype(np.float32)
    least = one_level_changed(start, ask(start / LEVELS)[0])
    best.offer(np.arange(len(clean)), least, ask(least / LEVELS)[1])
    left = np.flatnonzero(~best.fooled)
    if len(left):
        search(left, best)
    return best.twins


def one_level_changed(start: Floats, gradient: Floats) -> Floats:
    """Return images of which one channel of one pixel is another level: the one whose gradient is steepest, downwards.

    Parameters
    ----------
    start
        float32 array of shape (n, side, side, 3), whole levels.
    gradient
        Alike.
    """
    changed = start.copy().reshape(len(start), -1)
    slopes = gradient.reshape(len(start), -1)
    ways = np.where(slopes > 0, np.float32(-1), np.float32(1))
    possible = (changed + ways >= 0) & (changed + ways <= LEVELS)
    steepest = np.where(possible, np.abs(slopes), np.float32(-1)).argmax(axis=1)
    rows = np.arange(len(start))
    changed[rows, steepest] += ways[rows, steepest]
    return changed.reshape(start.shape)
