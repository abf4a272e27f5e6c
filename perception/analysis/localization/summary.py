"""Marked places: areas under LROC curves, shares of right places, and what chance alone would reach."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS, crossed_proportion
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import proportion
from perception.analysis.json_values import JsonObject
from perception.analysis.localization.lroc import summarise_lroc
from perception.analysis.ratings.summary import RatingSummary

CLAIM_LEVEL = 0.90
"""Of the interval by which a share lies above chance: a one-sided test at 5%."""

Claim = Literal["located", "open"]
"""What a share's 90% interval shows: all of it above chance, or not."""
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PlacedShare:
    """How often the place of a change was right.

    Attributes
    ----------
    these_observers
        The share, clustered by image.
    observers_random
        With images and observers random; None with fewer than three observers.
    """

    these_observers: Estimate
    observers_random: Estimate | None

    @classmethod
    def of(cls, right: Marks, asked: Marks, *, level: float) -> "PlacedShare":
        """Compute the share of right places.

        Parameters
        ----------
        right, asked
            bool arrays of shape (J, I), observers × perturbed images: whether the place was right, and whether the
            image counts.
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        PlacedShare
            Undefined where no image counts.

        Raises
        ------
        ValueError
            A level outside (0, 1).
        """
        enough = int(asked.any(axis=1).sum()) >= FEWEST_OBSERVERS
        return cls(
            clustered_proportion(right & asked, asked, level=level),
            crossed_proportion(right & asked, asked, level=level) if enough else None,
        )

    def as_dict(self) -> JsonObject:
        """Return the shares as JSON; what is undefined is null."""
        return {
            "these_observers": self.these_observers.as_dict(),
            "observers_random": self.observers_random.as_dict() if self.observers_random else None,
        }


@dataclass(frozen=True, slots=True)
class LocalizationSummary:
    """The marked places of a study.

    Attributes
    ----------
    lroc
        Areas under the LROC curves, and the curve of all answers together.
    placed
        Share of all perturbed images that were marked at the right place, whatever their rating.
    placed_if_seen
        The same of those alone that were called perturbed: the correct localization fraction among the yes.
    observers
        Each observer's own share of all perturbed images, with Wilson's interval.
    chance
        The share of right places that marks spread evenly over the image would have: the mean share of an image's area
        that counts as right, within [0, 1]. None where it is not known.
    claims
        What the 90% intervals of `placed` show of `chance`, for these observers and for others like them; None where
        there is no interval, or no chance known.
    """

    lroc: RatingSummary
    placed: PlacedShare
    placed_if_seen: PlacedShare
    observers: dict[str, Estimate]
    chance: float | None
    claims: tuple[Claim | None, Claim | None]

    @property
    def chance_area(self) -> float | None:
        """The area under the LROC curve of somebody who rates and marks without looking: half of `chance`."""
        return None if self.chance is None else self.chance / 2

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON; what is undefined is null."""
        areas = self.lroc.as_dict()
        curve = [
            {"rated_at_least": threshold, "false_alarms": false_alarms, "hits_rightly_placed": hits}
            for threshold, false_alarms, hits in self.lroc.curve
        ]
        return {
            "lroc": {**areas, "curve": [*curve]},
            "placed": self.placed.as_dict(),
            "placed_if_called_perturbed": self.placed_if_seen.as_dict(),
            "observers": {name: share.as_dict() for name, share in self.observers.items()},
            "chance_placed": self.chance,
            "chance_area": self.chance_area,
            "claim_these_observers": self.claims[0],
            "claim_observers_random": self.claims[1],
        }


def summarise_localization(
    truth: NDArray[np.bool_],
    ratings: NDArray[np.floating],
    responses: NDArray[np.int8],
    placed: NDArray[np.int8],
    *,
    observers: tuple[str, ...],
    place_share: NDArray[np.floating] | None = None,
    level: float = 0.95,
) -> LocalizationSummary:
    """Compute every statistic of marked places.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), observers × images: higher means more surely perturbed; nan where missing.
    responses
        int8 array of shape (J, I): 1 where the image was called perturbed, 0 where not, −1 where missing.
    placed
        int8 array of shape (J, I): 1 where the mark lies in the region of the change, 0 where not, −1 where there is no
        mark, or nothing to mark.
    observers
        J names.
    place_share
        float array of shape (I,): the share of the image, within [0, 1], in which a mark counts as right; nan where it
        is not known, or nothing was perturbed. None where none is known.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    LocalizationSummary
        What is undefined says so, with the reason.

    Raises
    ------
    ValueError
        The arrays and the names do not fit together; a level outside (0, 1).

    Notes
    -----
    The claim compares the share of right places with `chance`, which neither the criterion nor the ratings move. It
    takes marks that are made without looking to be spread evenly over the image.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.localization.summary import summarise_localization
    >>> truth = np.array([True, True, True, False, False, False])
    >>> ratings = np.array([[6.0, 4, 2, 1, 2, 3], [5.0, 6, 3, 3, 4, 1], [6.0, 5, 4, 2, 1, 1]])
    >>> placed = np.array([[1, 0, 1, -1, -1, -1], [1, 1, 0, -1, -1, -1], [1, 1, 1, -1, -1, -1]], dtype=np.int8)
    >>> found = summarise_localization(
    ...     truth,
    ...     ratings,
    ...     (ratings >= 4).astype(np.int8),
    ...     placed,
    ...     observers=("A", "B", "C"),
    ...     place_share=np.array([0.1, 0.2, 0.3, np.nan, np.nan, np.nan]),
    ... )
    >>> print(f"{found.lroc.pooled.estimate:.3f}; {found.placed.these_observers.k} of {found.placed.these_observers.n}")
    0.722; 7 of 9
    >>> print(f"{found.placed_if_seen.these_observers.k} of {found.placed_if_seen.these_observers.n}")
    6 of 7
    >>> print(f"{found.chance:.2f}, {found.chance_area:.2f}")
    0.20, 0.10
    """
    marked = placed[:, truth] != MISSING
    right = placed[:, truth] == 1
    seen = marked & (responses[:, truth] == 1)
    chance = None if place_share is None else _mean(place_share[truth], marked.any(axis=0))
    at_claim = PlacedShare.of(right, marked, level=CLAIM_LEVEL)
    return LocalizationSummary(
        lroc=summarise_lroc(truth, ratings, placed, observers, level=level),
        placed=PlacedShare.of(right, marked, level=level),
        placed_if_seen=PlacedShare.of(right, seen, level=level),
        observers={
            name: proportion(int((right[who] & marked[who]).sum()), int(marked[who].sum()), level=level)
            for who, name in enumerate(observers)
        },
        chance=chance,
        claims=(_claim(at_claim.these_observers, chance), _claim(at_claim.observers_random, chance)),
    )


def _mean(shares: NDArray[np.floating], marked: Marks) -> float | None:
    """Return the mean over the images that somebody marked; None where one of them has no known share."""
    known = shares[marked]
    return float(known.mean()) if len(known) and not np.isnan(known).any() else None


def _claim(share: Estimate | None, chance: float | None) -> Claim | None:
    if share is None or share.low is None or chance is None:
        return None
    return "located" if share.low > chance else "open"
