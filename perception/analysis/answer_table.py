"""The answers of a study as arrays: observers × images."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING = -1


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Every observer's answer to every image, and what was shown.

    Attributes
    ----------
    observers, items
        Names, J and I of them.
    truth
        bool array of shape (I,): whether the image was perturbed.
    responses
        int8 array of shape (J, I): 1 for "perturbed", 0 for "clean", −1 where there is no answer.
    shown
        bool array of shape (J, I): whether the observer was asked about the image at all; None where everybody was
        asked about every image.
    neither
        bool array of shape (J, I): where the observer chose a middle answer, such as "unsure", which is neither of the
        two; the response there is −1, and not missing. None where no such answer could be given.

    Raises
    ------
    ValueError
        Arrays that do not fit together; a response that is none of 1, 0 and −1.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> table = AnswerTable(
    ...     observers=("A", "B"),
    ...     items=("x", "y", "z"),
    ...     truth=np.array([True, True, False]),
    ...     responses=np.array([[1, 0, 0], [1, -1, 1]], dtype=np.int8),
    ... )
    >>> table.n_missing
    1
    >>> right, given = table.correct(perturbed=True)
    >>> int((right & given).sum()), int(given.sum())
    (2, 3)
    """

    observers: tuple[str, ...]
    items: tuple[str, ...]
    truth: NDArray[np.bool_]
    responses: NDArray[np.int8]
    shown: NDArray[np.bool_] | None = None
    neither: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        if self.truth.shape != (len(self.items),):
            raise ValueError(f"truth has the shape {self.truth.shape}, not {(len(self.items),)}")
        shape = (len(self.observers), len(self.items))
        if self.responses.shape != shape:
            raise ValueError(f"responses have the shape {self.responses.shape}, not {shape}")
        if not np.isin(self.responses, (MISSING, 0, 1)).all():
            raise ValueError("a response is 1 (perturbed), 0 (clean) or −1 (missing)")
        for name, marks in (("shown", self.shown), ("neither", self.neither)):
            if marks is not None and marks.shape != shape:
                raise ValueError(f"{name} has the shape {marks.shape}, not {shape}")
        if self.neither is not None and (self.responses[self.neither] != MISSING).any():
            raise ValueError("an answer is both one of the two and neither")

    @classmethod
    def from_rows(
        cls,
        *,
        observers: Sequence[str],
        items: Sequence[str],
        truths: Sequence[bool],
        responses: Sequence[bool | None],
    ) -> "AnswerTable":
        """Make the table from rows, one an answer, in any order.

        Observers and items keep the order in which they first appear.

        Parameters
        ----------
        observers, items
            N names each: who judged what.
        truths
            N truths: whether the item was perturbed.
        responses
            N responses: whether the observer called it perturbed; None for a missing answer.

        Returns
        -------
        AnswerTable
            With −1 where an observer has no row for an item.

        Raises
        ------
        ValueError
            The sequences differ in length, an item has two truths, or an observer judged an item twice.
        """
        if len({len(observers), len(items), len(truths), len(responses)}) != 1:
            raise ValueError("observers, items, truths and responses differ in length")
        row_of = {name: index for index, name in enumerate(dict.fromkeys(observers))}
        column_of = {name: index for index, name in enumerate(dict.fromkeys(items))}
        rows = np.fromiter((row_of[name] for name in observers), dtype=np.intp, count=len(observers))
        columns = np.fromiter((column_of[name] for name in items), dtype=np.intp, count=len(items))
        given = np.asarray(truths, dtype=bool)
        truth = np.zeros(len(column_of), dtype=bool)
        truth[columns] = given
        if (truth[columns] != given).any():
            name = items[int(np.flatnonzero(truth[columns] != given)[0])]
            raise ValueError(f"the item {name} is both perturbed and clean")
        cells = rows * len(column_of) + columns
        seen, counts = np.unique(cells, return_counts=True)
        if (counts > 1).any():
            cell = int(seen[counts > 1][0])
            row, column = divmod(cell, len(column_of))
            raise ValueError(f"{list(row_of)[row]} judged the item {list(column_of)[column]} twice")
        table = np.full((len(row_of), len(column_of)), MISSING, dtype=np.int8)
        table[rows, columns] = [MISSING if response is None else int(response) for response in responses]
        return cls(tuple(row_of), tuple(column_of), truth, table)

    def correct(self, *, perturbed: bool) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which answers to the images of one truth are right, and which were given at all.

        Parameters
        ----------
        perturbed
            Which truth: True for the perturbed images, False for the clean ones.

        Returns
        -------
        tuple of ndarray
            Two bool arrays of shape (J, images of that truth). The share of the right among the given answers is the
            sensitivity for perturbed images, the specificity for clean ones.
        """
        responses = self.responses[:, self.truth == perturbed]
        return responses == int(perturbed), responses != MISSING

    def without(self, names: Collection[str]) -> "AnswerTable":
        """Return the answers of the other observers; all images stay.

        Parameters
        ----------
        names
            Of the observers to leave out.

        Raises
        ------
        ValueError
            Never of a table that holds: the rest of it holds as well.
        """
        if not names:
            return self
        kept = np.array([name not in names for name in self.observers], dtype=bool)
        return AnswerTable(
            tuple(name for name in self.observers if name not in names),
            self.items,
            self.truth,
            self.responses[kept],
            None if self.shown is None else self.shown[kept],
            None if self.neither is None else self.neither[kept],
        )

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which answers are missing: bool array of shape (J, I). Not asked is not missing, and neither is an answer."""
        missing: NDArray[np.bool_] = self.responses == MISSING
        if self.shown is not None:
            missing &= self.shown
        return missing if self.neither is None else missing & ~self.neither

    @property
    def n_missing(self) -> int:
        """How many answers are missing."""
        return int(self.missing.sum())
