"""How many images or observers a claim takes, and the smallest margin or d′ that a design reaches: by formula."""

from collections.abc import Callable
from math import ceil, sqrt

from perception.analysis.detection.margin import CHANCE
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import (
    FEWEST_IMAGES,
    MOST_IMAGES,
    MOST_OBSERVERS,
    Claim,
    Design,
    power_at,
    require_observers,
    require_prevalence,
    spread,
    verdict_share,
)
from perception.analysis.simulated_observers.model import MOST_DPRIME

STRIDES = 200
ENDLESS = 1e12
"""Images, where only the variance between observers is to be left."""


def images_needed(
    claim: Claim,
    assumed: AssumedObservers,
    *,
    observers: int,
    prevalence: float = 0.5,
    power: float = 0.80,
    pool: int | None = None,
) -> int | None:
    """Return how many images show what is claimed, with this power.

    Parameters
    ----------
    claim, assumed
        What is to be shown, of whom.
    observers
        J, each of whom judges every image; 1 to `MOST_OBSERVERS`.
    prevalence
        The share of perturbed images, between 0 and 1.
    power
        The power wanted, between 0 and 1.
    pool
        From how many images each observer's own are drawn; None: all judge the same.

    Returns
    -------
    int or None
        At most `MOST_IMAGES`, or those of the pool; None where not so many do (`why_impossible` then says why).

    Raises
    ------
    ValueError
        An argument outside its range.

    Notes
    -----
    The smallest number whose `power` is enough, found by doubling and halving. At half of the images perturbed, for
    these observers, who are alike and guess, it is

        images × observers = deff (z(1 − α) + z((1 + power)/2))² / (4δ²),  deff = 1 + (J − 1)ρ, α = (1 − level)/2.

    It is z(0.90) for a power of 80%: at exactly ½ both one-sided tests must reject (Schuirmann 1987).

    References
    ----------
    - Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach for
      assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and Biopharmaceutics
      15:657–680.

    Examples
    --------
    1.3 (1.6449 + 1.2816)² / (4 · 0.05²) / 4 = 278.3:

    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim
    >>> from perception.analysis.planning.sample_size import images_needed
    >>> images_needed(Claim(0.05, 0.90), AssumedObservers(correlation=0.1), observers=4)
    279
    """
    require_observers(observers)
    require_prevalence(prevalence)
    _require_power(power)
    fewest = ceil(FEWEST_IMAGES / min(prevalence, 1 - prevalence) - 1e-9)
    most = MOST_IMAGES if pool is None else min(pool, MOST_IMAGES)
    if fewest > most:
        return None

    def enough(images: int) -> bool:
        # Whole numbers of each may be a little less even than their share.
        as_shares = (prevalence * images, (1 - prevalence) * images)
        numbers = (as_shares, _rounded_up(images, prevalence))
        return all(power_at(claim, assumed, observers, perturbed, clean, pool) >= power for perturbed, clean in numbers)

    return fewest_enough(enough, fewest, most)


def design_needed(
    claim: Claim,
    assumed: AssumedObservers,
    *,
    observers: int,
    prevalence: float = 0.5,
    power: float = 0.80,
    pool: int | None = None,
) -> Design | None:
    """Return `images_needed` as numbers of perturbed and clean images, each rounded up.

    Parameters
    ----------
    claim, assumed
        What is to be shown, of whom.
    observers
        J, each of whom judges every image; 1 to `MOST_OBSERVERS`.
    prevalence
        The share of perturbed images, between 0 and 1.
    power
        The power wanted, between 0 and 1.
    pool
        From how many images each observer's own are drawn; None: all judge the same.

    Returns
    -------
    Design or None
        None where no number of images is enough.

    Raises
    ------
    ValueError
        An argument outside its range.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim
    >>> from perception.analysis.planning.sample_size import design_needed
    >>> design_needed(Claim(0.05, 0.90), AssumedObservers(correlation=0.1), observers=4)
    Design(observers=4, perturbed=140, clean=140, pool=None)
    """
    images = images_needed(claim, assumed, observers=observers, prevalence=prevalence, power=power, pool=pool)
    if images is None:
        return None
    perturbed, clean = _rounded_up(images, prevalence)
    # Both rounded up, they may be one image more than the pool has.
    return Design(observers, perturbed, clean if pool is None else min(clean, pool - perturbed), pool)


def _rounded_up(images: int, prevalence: float) -> tuple[int, int]:
    """Return how many are perturbed and clean; what floating point adds to a whole number is no image."""
    return ceil(prevalence * images - 1e-9), ceil((1 - prevalence) * images - 1e-9)


def observers_needed(
    claim: Claim, assumed: AssumedObservers, *, most_images: int, prevalence: float = 0.5, power: float = 0.80
) -> int | None:
    """Return how many observers show what is claimed with no more than so many images.

    Parameters
    ----------
    claim, assumed
        What is to be shown, of whom.
    most_images
        How many images there may be, perturbed and clean; at least 4.
    prevalence
        The share of perturbed images, between 0 and 1.
    power
        The power wanted, between 0 and 1.

    Returns
    -------
    int or None
        None where `MOST_OBSERVERS` do not.

    Raises
    ------
    ValueError
        A share or a power that is not between 0 and 1.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim
    >>> from perception.analysis.planning.sample_size import observers_needed
    >>> differing = AssumedObservers(correlation=0.1, observer_sd=0.2)
    >>> observers_needed(Claim(0.05, 0.90, observers_random=True), differing, most_images=2000)
    8
    """
    require_prevalence(prevalence)
    _require_power(power)
    fewest = FEWEST_OBSERVERS if claim.observers_random else 1

    def enough(observers: int) -> bool:
        return power_at(claim, assumed, observers, prevalence * most_images, (1 - prevalence) * most_images) >= power

    return fewest_enough(enough, fewest, MOST_OBSERVERS)


def why_impossible(claim: Claim, assumed: AssumedObservers, *, observers: int, power: float = 0.80) -> str | None:
    """Return why no number of images shows what is claimed with this power.

    Parameters
    ----------
    claim, assumed
        What is to be shown, of whom.
    observers
        J, at least 1.
    power
        The power wanted, between 0 and 1.

    Returns
    -------
    str or None
        A clause that follows a colon; None where some number of images does.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim
    >>> from perception.analysis.planning.sample_size import why_impossible
    >>> why_impossible(Claim(None, 0.95), AssumedObservers(), observers=4)
    'a d′ of 0 is guessing: there is nothing to detect'
    """
    away = abs(assumed.right - CHANCE)
    if claim.too_few(observers):
        return f"for other observers too there is no interval from fewer than {FEWEST_OBSERVERS} observers"
    if claim.margin is None and away < 1e-12:
        return "a d′ of 0 is guessing: there is nothing to detect"
    if claim.margin is not None and away >= claim.margin:
        return (
            f"observers with a d′ of {assumed.dprime:g} have a balanced accuracy of {100 * assumed.right:.1f}%, which "
            f"is further than {100 * claim.margin:.3g} points from 50%: it would be wrong to show it"
        )
    if assumed.observer_sd and limit_of_power(claim, assumed, observers=observers) < power:
        points = 100 * sqrt(assumed.between_observers / observers)
        return (
            f"the mean of {observers} observer{'' if observers == 1 else 's'} varies by a standard deviation of "
            f"{points:.1f} points, however many images they judge"
        )
    return None


def limit_of_power(claim: Claim, assumed: AssumedObservers, *, observers: int) -> float:
    """Return the power with images without end: only the variance between observers is left.

    Parameters
    ----------
    claim, assumed
        What is to be shown, of whom.
    observers
        J, at least 1.

    Returns
    -------
    float
        0 to 1.
    """
    return power_at(claim, assumed, observers, ENDLESS, ENDLESS)


def smallest_margin(
    claim: Claim, assumed: AssumedObservers, design: Design, *, power: float | None = None
) -> float | None:
    """Return the smallest margin that a study of this design shows with this power.

    Parameters
    ----------
    claim, assumed
        What is to be shown, of whom; the claim's own margin is not read.
    design
        How many observers and images.
    power
        The power wanted, between 0 and 1. None: the margin that the design leaves at best, where the estimate is
        exactly ½ and the standard error the expected one.

    Returns
    -------
    float or None
        δ, with a power to five decimals; None where it would not be below ½, and where there is no interval.

    Raises
    ------
    ValueError
        A power that is not between 0 and 1.

    Notes
    -----
    Without a power δ = q SE, with the interval's quantile q and the standard error of `spread`.

    Examples
    --------
    The paper's design, with independent answers:

    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim, Design
    >>> from perception.analysis.planning.sample_size import smallest_margin
    >>> print(f"{smallest_margin(Claim(0.05, 0.90), AssumedObservers(), Design(2, 30, 20)):.4f}")
    0.0839
    """
    if claim.too_few(design.observers):
        return None
    if power is None:
        expected = spread(claim, assumed, design)
        margin = expected.critical(claim.level) * expected.standard_error
        if not margin < CHANCE:
            return None
        told = Claim(margin, claim.level, claim.observers_random)
        return margin if verdict_share(told, assumed, design.observers, design.perturbed, design.clean) else None
    _require_power(power)
    steps = 100_000

    def enough(step: int) -> bool:
        return power_at(Claim(step / steps, claim.level, claim.observers_random), assumed, *_numbers(design)) >= power

    step = _first_enough(enough, int(CHANCE * steps) - 1)
    return None if step is None else step / steps


def smallest_dprime(claim: Claim, assumed: AssumedObservers, design: Design, *, power: float = 0.80) -> float | None:
    """Return the smallest d′ above 0 that a study of this design detects with this power.

    Parameters
    ----------
    claim, assumed
        What is to be shown, of whom; the assumed d′ is not read.
    design
        How many observers and images.
    power
        The power wanted, between 0 and 1.

    Returns
    -------
    float or None
        To three decimals; None where none up to `MOST_DPRIME` is detected.

    Raises
    ------
    ValueError
        A power that is not between 0 and 1.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim, Design
    >>> from perception.analysis.planning.sample_size import smallest_dprime
    >>> smallest_dprime(Claim(None, 0.95), AssumedObservers(correlation=0.1), Design(4, 140, 140))
    0.239
    """
    _require_power(power)

    def enough(thousandths: int) -> bool:
        seen = AssumedObservers(thousandths / 1000, assumed.correlation, assumed.observer_sd)
        return power_at(claim, seen, *_numbers(design)) >= power

    thousandths = _first_enough(enough, MOST_DPRIME * 1000)
    return None if thousandths is None else thousandths / 1000


def _numbers(design: Design) -> tuple[int, float, float, int | None]:
    return design.observers, design.perturbed, design.clean, design.pool


def fewest_enough(enough: Callable[[int], bool], fewest: int, most: int) -> int | None:
    """Return the first number from which on it is enough, by doubling and halving; None where `most` is not.

    Parameters
    ----------
    enough
        Tells of a number whether it is; where it is, it is of all greater ones.
    fewest, most
        The numbers to look among.

    Examples
    --------
    >>> from perception.analysis.planning.sample_size import fewest_enough
    >>> fewest_enough(lambda number: number**2 >= 50, 1, 100), fewest_enough(lambda number: False, 1, 100)
    (8, None)
    """
    low, high = fewest - 1, fewest
    while not enough(high):
        if high >= most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _first_enough(enough: Callable[[int], bool], most: int) -> int | None:
    """Return the first number from 1 on that is enough, though far greater ones may not be; None where none is.

    A margin or a d′ may be too large for the d′ of an observer with few answers: it is looked for in `STRIDES` strides.
    """
    stride = max(1, most // STRIDES)
    for last in range(min(stride, most), most + 1, stride):
        if enough(last):
            return fewest_enough(enough, max(1, last - stride + 1), last)
    return None


def _require_power(power: float) -> None:
    if not 0 < power < 1:
        raise ValueError(f"power lies between 0 and 1, such as 0.8; {power:g} does not")
