"""Which images were noticed: how many observers judged each, and how many said that it was perturbed."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.breakdowns.shrinkage import beta_prior
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import proportion
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import UNKNOWN, Observations

LISTED = 10
RANKING = "empirical Bayes, beta-binomial (Kleinman 1973)"


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
    shrunken
        The share that is expected of more observers, k of n drawn towards the share of all images of its truth, the
        more the fewer judged it. None where all of them were judged by equally many, and where nobody judged it.
    """

    name: str
    perturbed: bool
    strength: float | None
    diagnosis: str | None
    n: int
    k: int
    shrunken: float | None = None

    @property
    def noticed(self) -> Estimate:
        """k of n with Wilson's 95% interval; undefined where nobody judged it.

        Raises
        ------
        ValueError
            Never: k is at most n.
        """
        return proportion(self.k, self.n)

    @property
    def share(self) -> float | None:
        """k of n; None where nobody judged it."""
        return self.k / self.n if self.n else None

    def as_dict(self) -> JsonObject:
        """Return the item as JSON, with the shrunken share where there is one."""
        fields: JsonObject = {
            "item": self.name,
            "perturbed": self.perturbed,
            "strength": self.strength,
            "diagnosis": self.diagnosis,
            "n": self.n,
            "k": self.k,
            "share": self.share,
        }
        return fields if self.shrunken is None else {**fields, "shrunken": self.shrunken}


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """Every item, and those that stand out.

    Attributes
    ----------
    items
        All, in the order of the answers.
    most_noticed, least_noticed
        Perturbed items, at most ten each and none in both, by the share of observers who noticed, shrunken where
        different numbers of observers judged them; of equal shares that of more observers comes first, then by name.
    false_alarms
        Clean items that somebody called perturbed, at most ten, in the same order.
    """

    items: tuple[Item, ...]
    most_noticed: tuple[Item, ...]
    least_noticed: tuple[Item, ...]
    false_alarms: tuple[Item, ...]

    def as_dict(self) -> JsonObject:
        """Return the items as JSON; `method` names how the shares were shrunken, where they were."""
        fields: JsonObject = {
            "all": [item.as_dict() for item in self.items],
            "most_noticed": [item.as_dict() for item in self.most_noticed],
            "least_noticed": [item.as_dict() for item in self.least_noticed],
            "false_alarms": [item.as_dict() for item in self.false_alarms],
        }
        return fields if self.method is None else {**fields, "method": self.method}

    @property
    def method(self) -> str | None:
        """How the shares were shrunken; None where equally many observers judged the images, and they were not."""
        return RANKING if any(item.shrunken is not None for item in self.items) else None

    @property
    def in_order(self) -> tuple[list[Item], list[Item]]:
        """The perturbed and the clean items that were judged, each in the order of their shares, the largest first."""
        judged = sorted((item for item in self.items if item.n), key=_most_first)
        return [item for item in judged if item.perturbed], [item for item in judged if not item.perturbed]

    def by_share(self) -> "ItemSummary":
        """Return the items in the order of their shares as they are: the rule of reports until version 0.2.0."""
        return _ranked(tuple(replace(item, shrunken=None) for item in self.items))


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

    Notes
    -----
    That 2 of 2 observers noticed an image says less than 9 of 10. Where different numbers of observers judged the
    images of one truth, these are ranked by the share that is expected of more observers (`beta_prior`, Kleinman 1973).

    References
    ----------
    - Kleinman, J. C. (1973). Proportions with extraneous variance: single and independent samples. Journal of the
      American Statistical Association 68:46–54. doi:10.1080/01621459.1973.10481332

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
    return _ranked(_shrunken(_items(series)))


def _ranked(items: tuple[Item, ...]) -> ItemSummary:
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


def _shrunken(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items with their shrunken shares, those of each truth by themselves."""
    priors = {}
    for truth in (True, False):
        n = np.array([item.n for item in items if item.n and item.perturbed == truth], dtype=np.intp)
        k = np.array([item.k for item in items if item.n and item.perturbed == truth], dtype=np.intp)
        if len(np.unique(n)) > 1 and (prior := beta_prior(k, n)):
            priors[truth] = prior
    return tuple(
        replace(item, shrunken=priors[item.perturbed].shrunken(item.k, item.n))
        if item.n and item.perturbed in priors
        else item
        for item in items
    )


def _ranking_share(item: Item) -> float:
    return item.k / item.n if item.shrunken is None else item.shrunken


def _most_first(item: Item) -> tuple[float, float, int, str]:
    return -_ranking_share(item), -item.k / item.n, -item.n, item.name


def _least_first(item: Item) -> tuple[float, float, int, str]:
    return _ranking_share(item), item.k / item.n, -item.n, item.name
