"""All that the observers of a study did, one entry an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING, AnswerTable

Task = Literal["yes_no", "same_different", "two_afc"]
WORDS: dict[Task, tuple[str, str]] = {
    "yes_no": ("perturbed", "clean"),
    "same_different": ("different", "same"),
    "two_afc": ("first", "second"),
}
"""What truth and response say, by what was asked: the signal, and its absence."""
SHOWN: dict[Task, tuple[tuple[str, str], tuple[str, str]]] = {
    "yes_no": (("a perturbed image", "perturbed images"), ("a clean image", "clean images")),
    "same_different": (("a different pair", "different pairs"), ("a same pair", "same pairs")),
    "two_afc": (
        ("a pair whose first image was perturbed", "pairs whose first image was perturbed"),
        ("a pair whose second image was perturbed", "pairs whose second image was perturbed"),
    ),
}
"""What was judged where the signal was there, and where not: one of them, and several."""

Codes = NDArray[np.intp]
Scalar = TypeVar("Scalar", bound=np.generic)

UNKNOWN = -1
PER_ANSWER = (
    "observer", "truth", "response", "neither", "catch", "rating", "grade", "second", "rt_ms", "strength", "position",
    "diagnosis", "arm", "image", "placed", "place_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Observations:
    """The answers of a study: arrays of shape (N,), one entry an answer.

    Attributes
    ----------
    task
        What was asked: of one image whether it is perturbed, of two whether they differ, or which one is perturbed.
    observers, items
        Names, J and I of them; an item is what was judged: an image, or a pair of images.
    observer, item
        int arrays: who judged what, as indices of the names. No observer judged an item twice.
    truth
        bool array: whether the signal was there: the image perturbed, the two different, the perturbed one first.
    response
        int8 array: 1 where the observer said that it was, 0 where not, −1 for a missing answer.
    catch
        bool array: whether it was a catch trial. These are counted by themselves, and are in no other statistic.
    rating
        float array: higher means more surely perturbed; nan where missing. None where no rating was asked for.
    second
        int8 array: 1 for a right answer to the second question, 0 for a wrong one, −1 for a missing one. None where
        none was asked.
    rt_ms
        float array: response time in milliseconds; nan where it was not measured. None where none was.
    strength
        float array: strength of what was shown, above 0; nan where it is not known, immaterial where the signal was not
        there. None where none is known.
    position
        float array: of the trial in the observer's series; only its order counts. nan where it is not known; None where
        none is.
    diagnosis
        int array: indices of `diagnoses`; −1 where it is not known. None where none is.
    diagnoses
        Names.
    subset_of_observer, subset_of_item
        int arrays of shapes (J,) and (I,): which of the study's sets of images the observer judges, and the item is in.
        An observer who did not judge an item of another set has no missing answer there. None where all judge the same
        images.
    arm
        int array: in which arm of the study the answer was given, as indices of `arms`; −1 for one that stands for
        every arm, as those to clean images do where each arm has perturbed ones of its own. None where there are no
        arms. An image that is judged in several arms is an item in each.
    arms
        Names.
    image
        int array: which image was shown; the same number in every arm, and at every strength. −1 where it is not known;
        None where none is, never where there are arms.
    neither
        bool array: whether the answer was a middle one, such as "unsure": neither of the two, and not missing. Its
        response is −1. None where no such answer could be given.
    own_images
        Whether each observer was asked about images of their own, as in crowds: what there is no entry of was not
        asked, and is not missing. Else every observer was asked about every item (of their set).
    group
        int array of shape (J,): in which group each observer is, as indices of `groups`; −1 where in none. None where
        there are no groups.
    groups
        Names.
    measures
        float arrays of shape (I,) by name: how large the change to each item is, as measured on its images; nan where
        it is not known or nothing was changed, infinite where a ratio is. Empty where none is known.
    grade
        float array: of a degradation category rating, 1 (very annoying) to 5 (imperceptible); nan where missing. None
        where none was asked for.
    placed
        int8 array: 1 where the marked place lies in the region of the change, 0 where not, −1 where there is no mark or
        nothing to mark. None where no place was asked for.
    place_share
        float array: the share of the image, within [0, 1], in which a mark counts as right; nan where it is not known,
        or nothing was perturbed. None where none is known.
    control
        The name of the arm that is the positive control, a change that is surely seen; empty where none is.

    Examples
    --------
    Two observers judged two images, the second of them clean:

    >>> import numpy as np
    >>> from perception.analysis.observations import Observations
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B"),
    ...     items=("x", "y"),
    ...     observer=np.array([0, 0, 1, 1]),
    ...     item=np.array([0, 1, 0, 1]),
    ...     truth=np.array([True, False, True, False]),
    ...     response=np.array([1, 0, 0, -1], dtype=np.int8),
    ...     catch=np.zeros(4, dtype=bool),
    ... )
    >>> series.table().responses.tolist()
    [[1, 0], [0, -1]]
    >>> series.of(series.truth).items
    ('x',)
    """

    task: Task
    observers: tuple[str, ...]
    items: tuple[str, ...]
    observer: Codes
    item: Codes
    truth: NDArray[np.bool_]
    response: NDArray[np.int8]
    catch: NDArray[np.bool_]
    rating: NDArray[np.float64] | None = None
    second: NDArray[np.int8] | None = None
    rt_ms: NDArray[np.float64] | None = None
    strength: NDArray[np.float64] | None = None
    position: NDArray[np.float64] | None = None
    diagnosis: Codes | None = None
    diagnoses: tuple[str, ...] = ()
    subset_of_observer: Codes | None = None
    subset_of_item: Codes | None = None
    arm: Codes | None = None
    arms: tuple[str, ...] = ()
    image: Codes | None = None
    neither: NDArray[np.bool_] | None = None
    own_images: bool = False
    group: Codes | None = None
    groups: tuple[str, ...] = ()
    measures: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    grade: NDArray[np.float64] | None = None
    placed: NDArray[np.int8] | None = None
    place_share: NDArray[np.float64] | None = None
    control: str = ""

    def of(self, which: NDArray[np.bool_]) -> "Observations":
        """Return some of the answers, with the items that are in them; all observers stay.

        Parameters
        ----------
        which
            bool array of shape (N,): the answers to keep.
        """
        kept, item = np.unique(self.item[which], return_inverse=True)
        chosen = {name: getattr(self, name)[which] for name in PER_ANSWER if getattr(self, name) is not None}
        return replace(
            self,
            items=tuple(self.items[index] for index in kept),
            item=item,
            subset_of_item=None if self.subset_of_item is None else self.subset_of_item[kept],
            measures={name: values[kept] for name, values in self.measures.items()},
            **chosen,
        )

    def spread(self, values: NDArray[Scalar], nothing: float) -> NDArray[Scalar]:
        """Return values, one an answer, as an array of shape (J, I), observers × items.

        Parameters
        ----------
        values
            Array of shape (N,), in the order of the answers.
        nothing
            What stands where there is no answer.
        """
        table = np.full((len(self.observers), len(self.items)), nothing, dtype=values.dtype)
        table[self.observer, self.item] = values
        return table

    def table(self) -> AnswerTable:
        """Return the answers as observers × items; of two images whether the perturbed one was chosen.

        Raises
        ------
        ValueError
            Arrays that do not fit together.
        """
        response, truth = self.response, np.zeros(len(self.items), dtype=bool)
        if self.task == "two_afc":
            response = np.where(response == MISSING, MISSING, response == self.truth).astype(np.int8)
            truth[:] = True
        else:
            truth[self.item] = self.truth
        neither = None if self.neither is None else self.spread(self.neither, nothing=False)
        return AnswerTable(self.observers, self.items, truth, self.spread(response, MISSING), self._shown(), neither)

    def _shown(self) -> NDArray[np.bool_] | None:
        """Return who was asked about what, shape (J, I); None where everybody about everything."""
        if self.own_images:
            return self.spread(np.ones(len(self.item), dtype=bool), nothing=False)
        if self.subset_of_observer is None or self.subset_of_item is None:
            return None
        same_set: NDArray[np.bool_] = self.subset_of_observer[:, None] == self.subset_of_item[None, :]
        return same_set


def codes_of(names: Sequence[str]) -> tuple[Codes, tuple[str, ...]]:
    """Return each name's index among the different names.

    Parameters
    ----------
    names
        N names, any of them repeated.

    Returns
    -------
    tuple
        int array of shape (N,), and the different names in the order in which they first appear.
    """
    position_of = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return np.fromiter(map(position_of.__getitem__, names), dtype=np.intp, count=len(names)), tuple(position_of)


def known_codes(names: Sequence[str]) -> tuple[Codes, tuple[str, ...]]:
    """Return each name's index among the different names as `codes_of` does; −1 where the name is empty.

    Parameters
    ----------
    names
        N names, any of them repeated; "" where the name is not known.

    Returns
    -------
    tuple
        int array of shape (N,), and the different names that are not empty in the order in which they first appear.
    """
    known = tuple(dict.fromkeys(name for name in names if name))
    position_of = {"": UNKNOWN, **{name: index for index, name in enumerate(known)}}
    return np.fromiter((position_of[name] for name in names), dtype=np.intp, count=len(names)), known


def indices_by_code(codes: Codes, count: int) -> list[Codes]:
    """Return for each code the indices at which it stands, ascending.

    Parameters
    ----------
    codes
        int array of shape (N,), each from 0 to `count` − 1.
    count
        Number of codes.

    Returns
    -------
    list of ndarray
        `count` int arrays.
    """
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.searchsorted(codes[order], np.arange(1, count))) if count else []
