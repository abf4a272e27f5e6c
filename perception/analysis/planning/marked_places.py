"""How precisely the places that observers mark will tell what they see, by the number of observers."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.localization.summary import summarise_localization
from perception.analysis.planning.half_widths import half_widths, mean_or_none
from perception.analysis.simulated_observers.search import PlaceSearch

MOST_OBSERVERS, MOST_IMAGES = 500, 2_000


@dataclass(frozen=True, slots=True)
class PlacesPrecision:
    """What is to be expected of a study that marks places, for observers and images like these.

    Attributes
    ----------
    observers
        How many judge.
    share, area
        The true share of right places, and area under the LROC curve.
    share_half_width, area_half_width
        Half of the intervals' widths, in the mean of simulated studies; None where none of them gave one.
    located
        The share of simulated studies, 0 to 1, whose 90% interval of the share lies above chance: that claim's power.
    """

    observers: int
    share: float
    area: float
    share_half_width: float | None
    area_half_width: float | None
    located: float


def places_precision(
    search: PlaceSearch,
    *,
    observers: int,
    perturbed: int,
    clean: int,
    studies: int = 200,
    seed: int = 1,
    level: float = 0.95,
) -> PlacesPrecision:
    """Simulate studies and return how wide the intervals are, and how often a change is found to be located.

    Parameters
    ----------
    search
        Observers, images and the places of an image.
    observers
        J, 3 to 500: fewer have no interval for observers like them.
    perturbed, clean
        How many images of either kind each observer judges: at least 2 each, and 2,000 together at most.
    studies
        How many to simulate, at least 1.
    seed
        The same one gives the same result.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    PlacesPrecision
        With a Monte Carlo error of a few hundredths of the half widths.

    Raises
    ------
    ValueError
        A number outside its range.

    Examples
    --------
    >>> from perception.analysis.planning.marked_places import places_precision
    >>> from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
    >>> from perception.analysis.simulated_observers.search import PlaceSearch
    >>> search = PlaceSearch(ObserverPopulation(dprime=2.0), ImpressionNoise.standardised(0.5), 10)
    >>> found = places_precision(search, observers=5, perturbed=25, clean=25, studies=20)
    >>> found.located
    1.0
    """
    if not FEWEST_OBSERVERS <= observers <= MOST_OBSERVERS:
        raise ValueError(
            f"there is an interval for observers like these from {FEWEST_OBSERVERS} observers on, and there are "
            f"{MOST_OBSERVERS} at most, not {observers:,}"
        )
    if min(perturbed, clean) < 2 or perturbed + clean > MOST_IMAGES:
        raise ValueError(f"there are at least 2 images of either kind, and {MOST_IMAGES:,} at most together")
    if studies < 1:
        raise ValueError("at least one study is simulated")
    rng = np.random.default_rng([seed, observers, perturbed, clean])
    names = tuple(map(str, range(observers)))
    chance = np.where(np.arange(perturbed + clean) < perturbed, 1 / search.places, np.nan)
    shares: list[float] = []
    areas: list[float] = []
    located = 0
    for _ in range(studies):
        answers = search.draw(observers=observers, perturbed=perturbed, clean=clean, rng=rng)
        found = summarise_localization(
            answers.truth,
            answers.ratings,
            answers.responses,
            answers.placed,
            observers=names,
            place_share=chance,
            level=level,
        )
        shares += half_widths([found.placed.observers_random])
        areas += half_widths([found.lroc.crossed])
        located += found.claims[1] == "located"
    share, area = _true_values(search)
    return PlacesPrecision(
        observers,
        share,
        area,
        mean_or_none(shares),
        mean_or_none(areas),
        located / studies,
    )


@lru_cache(maxsize=4)
def _true_values(search: PlaceSearch) -> tuple[float, float]:
    """Return the true share of right places and area, which are the same for any number of observers."""
    return search.share_placed(), search.lroc_area()
