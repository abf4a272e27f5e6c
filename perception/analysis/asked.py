"""Who was asked about what: a cell of the design that nobody was shown is not a missing answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import AnswerTable
from perception.analysis.json_values import JsonObject


@dataclass(frozen=True, slots=True)
class Spread:
    """How many there are of something.

    Attributes
    ----------
    fewest, median, most
        Of the counts; 0 where there is none.
    """

    fewest: int
    median: float
    most: int

    @classmethod
    def of(cls, counts: NDArray[np.integer]) -> "Spread":
        """Return the spread of counts.

        Parameters
        ----------
        counts
            int array of shape (N,).

        Returns
        -------
        Spread
            Zeros where there is no count.
        """
        if not len(counts):
            return cls(0, 0.0, 0)
        return cls(int(counts.min()), float(np.median(counts)), int(counts.max()))

    def as_dict(self) -> JsonObject:
        """Return it as JSON."""
        return {"fewest": self.fewest, "median": self.median, "most": self.most}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of whom.

    Attributes
    ----------
    own_images
        Whether each observer was asked about images of their own, as in crowds.
    n_cells, n_asked
        How many pairs of an observer and an image there are, and how many of them were asked.
    images_per_observer, observers_per_image
        Of the images that an observer was asked about, and of the observers who were asked about an image.
    n_neither
        How many answers were middle ones, neither of the two.
    """

    own_images: bool
    n_cells: int
    n_asked: int
    images_per_observer: Spread
    observers_per_image: Spread
    n_neither: int

    @property
    def is_all(self) -> bool:
        """Whether every observer was asked about every image."""
        return self.n_asked == self.n_cells

    def as_dict(self) -> JsonObject:
        """Return it as JSON."""
        return {
            "own_images": self.own_images,
            "n_cells": self.n_cells,
            "n_asked": self.n_asked,
            "n_not_asked": self.n_cells - self.n_asked,
            "images_per_observer": self.images_per_observer.as_dict(),
            "observers_per_image": self.observers_per_image.as_dict(),
            "n_neither": self.n_neither,
        }


def asked_of(table: AnswerTable, *, own_images: bool = False) -> Asked:
    """Count what was asked.

    Parameters
    ----------
    table
        The answers.
    own_images
        Whether each observer was asked about images of their own.

    Returns
    -------
    Asked
        With every pair asked where the table does not say who was shown what.

    Examples
    --------
    Two observers were asked about two of three images each, and one of them said "unsure" of one:

    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.asked import asked_of
    >>> table = AnswerTable(
    ...     observers=("A", "B"),
    ...     items=("x", "y", "z"),
    ...     truth=np.array([True, True, False]),
    ...     responses=np.array([[1, 0, -1], [-1, -1, 1]], dtype=np.int8),
    ...     shown=np.array([[True, True, False], [False, True, True]]),
    ...     neither=np.array([[False, False, False], [False, True, False]]),
    ... )
    >>> found = asked_of(table, own_images=True)
    >>> found.n_asked, found.n_neither, table.n_missing
    (4, 1, 0)
    >>> found.observers_per_image
    Spread(fewest=1, median=1.0, most=2)
    """
    shown = np.ones(table.responses.shape, dtype=bool) if table.shown is None else table.shown
    return Asked(
        own_images=own_images,
        n_cells=shown.size,
        n_asked=int(shown.sum()),
        images_per_observer=Spread.of(shown.sum(axis=1)),
        observers_per_image=Spread.of(shown.sum(axis=0)),
        n_neither=0 if table.neither is None else int(table.neither.sum()),
    )
