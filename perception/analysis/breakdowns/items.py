"""Which images were noticed: how many observers judged each, and how many said that it was perturbed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import UNKNOWN, Observations

LISTED = 10


@dataclass(frozen=True, slots=True)
class Item:
    """What was judged: an image, or a pair of images.

    Attributes
    ----------
    name
        As in the answers.
    perturbed
        Whether the signal was there; True for each choice between two images.
    strength, diagnosis
        None where it is not known; a clean image has the strength 0.
    n
        How many observers judged it.
    k
        How many of them said "perturbed" (or "different", or chose the perturbed one).
    """

    name: str
    perturbed: bool
    strength: float | None
    diagnosis: str | None
    n: int
    k: int

    @property
    def share(self) -> float | None:
        """k of n; None where nobody judged it."""
        return self.k / self.n if self.n else None

    def as_dict(self) -> JsonObject:
        """Return the item as JSON."""
        return {
            "item": self.name,
            "perturbed": self.perturbed,
            "strength": self.strength,
            "diagnosis": self.diagnosis,
            "n": self.n,
            "k": self.k,
            "share": self.share,
        }


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """Every item, and those that stand out.

    Attributes
    ----------
    items
        All, in the order of the answers.
    most_noticed, least_noticed
        Perturbed items, at most ten each and none in both, by the share of observers who noticed; of equal shares that
        of more observers comes first, then by name.
    false_alarms
        Clean items that somebody called perturbed, at most ten, in the same order.
    """

    items: tuple[Item, ...]
    most_noticed: tuple[Item, ...]
    least_noticed: tuple[Item, ...]
    false_alarms: tuple[Item, ...]

    def as_dict(self) -> JsonObject:
        """Return the items as JSON."""
        return {
            "all": [item.as_dict() for item in self.items],
            "most_noticed": [item.as_dict() for item in self.most_noticed],
            "least_noticed": [item.as_dict() for item in self.least_noticed],
            "false_alarms": [item.as_dict() for item in self.false_alarms],
        }


def summarise_items(series: Observations) -> ItemSummary:
    """Count the answers to each item.

    Parameters
    ----------
    series
        The answers, without those of catch trials.

    Returns
    -------
    ItemSummary
        An item that nobody answered has n = 0, and stands out in no list.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.breakdowns.items import summarise_items
    >>> from perception.analysis.observations import Observations
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B"),
    ...     items=tuple("abc"),
    ...     observer=np.repeat([0, 1], 3),
    ...     item=np.tile(np.arange(3), 2),
    ...     truth=np.tile([True, True, False], 2),
    ...     response=np.array([1, 0, 1, 1, 0, 0], dtype=np.int8),
    ...     catch=np.zeros(6, dtype=bool),
    ... )
    >>> found = summarise_items(series)
    >>> [(item.name, item.k, item.n) for item in found.most_noticed + found.false_alarms]
    [('a', 2, 2), ('c', 1, 2)]
    """
    items = _items(series)
    perturbed = sorted((item for item in items if item.perturbed and item.n), key=_most_first)
    clean = sorted((item for item in items if not item.perturbed and item.k), key=_most_first)
    most = perturbed[: min(LISTED, (len(perturbed) + 1) // 2)]
    rest = sorted(perturbed[len(most) :], key=_least_first)
    return ItemSummary(items, tuple(most), tuple(rest[:LISTED]), tuple(clean[:LISTED]))


def _items(series: Observations) -> tuple[Item, ...]:
    count = len(series.items)
    choices = series.task == "two_afc"
    given = series.response != MISSING
    noticed = series.response == (series.truth if choices else 1)
    n, k = (np.bincount(series.item[which], minlength=count).tolist() for which in (given, given & noticed))
    perturbed = np.ones(count, dtype=bool)
    if not choices:
        perturbed[series.item] = series.truth
    strengths, diagnoses = _strengths(series, perturbed), _diagnoses(series)
    return tuple(
        Item(*parts) for parts in zip(series.items, perturbed.tolist(), strengths, diagnoses, n, k, strict=True)
    )


def _strengths(series: Observations, perturbed: NDArray[np.bool_]) -> list[float | None]:
    strengths = np.full(len(series.items), np.nan)
    if series.strength is not None:
        strengths[series.item] = series.strength
    strengths[~perturbed] = 0.0
    return [None if np.isnan(strength) else float(strength) for strength in strengths]


def _diagnoses(series: Observations) -> list[str | None]:
    codes = np.full(len(series.items), UNKNOWN, dtype=np.intp)
    if series.diagnosis is not None:
        codes[series.item] = series.diagnosis
    return [None if code == UNKNOWN else series.diagnoses[code] for code in codes]


def _most_first(item: Item) -> tuple[float, int, str]:
    return -item.k / item.n, -item.n, item.name


def _least_first(item: Item) -> tuple[float, int, str]:
    return item.k / item.n, -item.n, item.name
