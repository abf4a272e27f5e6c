"""The answers to perturbed images as the prediction of seeing takes them: who noticed what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.observations import Codes, Observations

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NoticedAnswers:
    """Answers to perturbed images: arrays of shape (N,), one entry an answer; missing ones are not among them.

    Attributes
    ----------
    observer
        int array: 0 to `observers` − 1.
    item
        int array: 0 to `items` − 1.
    noticed
        bool array: whether the change was noticed: the image called perturbed, the pair called different, or the
        perturbed one of two chosen.
    observers, items
        How many of each there are, those without an answer among them.
    """

    observer: Codes
    item: Codes
    noticed: NDArray[np.bool_]
    observers: int
    items: int

    @classmethod
    def of(cls, series: Observations) -> "NoticedAnswers":
        """Return the answers to perturbed images.

        Parameters
        ----------
        series
            The answers, without those of catch trials.
        """
        chosen = series.task == "two_afc"
        shown = np.ones(len(series.item), dtype=bool) if chosen else series.truth.astype(bool)
        kept = (series.response != MISSING) & shown
        noticed = series.response == series.truth if chosen else series.response == 1
        return cls(series.observer[kept], series.item[kept], noticed[kept], len(series.observers), len(series.items))

    @property
    def k(self) -> Reals:
        """How many observers noticed each item, shape (items,)."""
        return np.bincount(self.item[self.noticed], minlength=self.items).astype(float)

    @property
    def n(self) -> Reals:
        """How many observers judged each item, shape (items,)."""
        return np.bincount(self.item, minlength=self.items).astype(float)

    @property
    def taking_part(self) -> int:
        """How many observers gave an answer."""
        return len(np.unique(self.observer))

    def of_items(self, which: NDArray[np.bool_]) -> "NoticedAnswers":
        """Return the answers to some of the items, numbered anew in their order; observers stay.

        Parameters
        ----------
        which
            bool array of shape (items,).
        """
        kept = which[self.item]
        renumbered = np.cumsum(which) - 1
        return NoticedAnswers(
            self.observer[kept], renumbered[self.item[kept]], self.noticed[kept], self.observers, int(which.sum())
        )

    def table(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return who noticed and who answered, as bool arrays of shape (observers, items)."""
        answered = np.zeros((self.observers, self.items), dtype=bool)
        noticed = np.zeros_like(answered)
        answered[self.observer, self.item] = True
        noticed[self.observer, self.item] = self.noticed
        return noticed, answered

    def without_observers(self, groups: Codes, count: int) -> tuple[Reals, Reals]:
        """Return `k` and `n` without the observers of each group, float arrays of shape (count, items).

        Parameters
        ----------
        groups
            int array of shape (observers,): 0 to `count` − 1.
        count
            Number of groups.
        """
        cell = groups[self.observer] * self.items + self.item
        size = count * self.items
        n = np.bincount(cell, minlength=size).reshape(count, self.items)
        k = np.bincount(cell[self.noticed], minlength=size).reshape(count, self.items)
        return self.k - k, self.n - n

    def shuffled(self, generator: np.random.Generator) -> "NoticedAnswers":
        """Return the answers to each item dealt anew among those who judged it.

        Parameters
        ----------
        generator
            The source of chance.
        """
        by_item = np.argsort(self.item, kind="stable")
        dealt = np.lexsort((generator.random(len(self.item)), self.item))
        noticed = np.empty_like(self.noticed)
        noticed[by_item] = self.noticed[dealt]
        return NoticedAnswers(self.observer, self.item, noticed, self.observers, self.items)
