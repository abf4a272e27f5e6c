"""How many images a study needs, and what a study of given size can show: by formula.

What is planned is the verdict of `equivalence.balanced_accuracy`: that its interval lies inside ½ ± δ ("undetectable";
two one-sided tests, Schuirmann 1987), or that it excludes ½ ("detected"). `planning_simulation` checks the formula with
that very estimator.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, inf, sqrt

import numpy as np
from scipy import special

from .crossed import FEWEST_OBSERVERS
from .equivalence import CHANCE
from .estimate import require_level
from .model_observers import ModelObservers

MOST_IMAGES = 100_000
MOST_OBSERVERS = 1_000
FEWEST_IMAGES = 2
"""Of either truth: from a single image there is no interval."""
ENDLESS = 1e12
_QUANTILES = (np.arange(256) + 0.5) / 256


@dataclass(frozen=True, slots=True)
class Claim:
    """What a study is to show.

    Attributes
    ----------
    margin
        δ, between 0 and ½: that balanced accuracy lies inside ½ ± δ. None: that it differs from ½.
    level
        Of the interval that shows it: 0.90 for two one-sided tests at 5%, 0.95 for one two-sided test.
    observers_random
        Whether it is to hold for observers like these, rather than for these.
    """

    margin: float | None
    level: float
    observers_random: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be claimed."""
        if self.margin is not None and not 0 < self.margin < CHANCE:
            raise ValueError(f"a margin lies between 0 and 0.5, such as 0.05; {self.margin:g} does not")
        require_level(self.level)


@dataclass(frozen=True, slots=True)
class Design:
    """Every one of the observers judges every one of the images."""

    observers: int
    perturbed: int
    clean: int

    def __post_init__(self) -> None:
        """Refuse numbers that no study has."""
        _require_observers(self.observers)
        if min(self.perturbed, self.clean) < FEWEST_IMAGES:
            raise ValueError(
                f"an interval takes at least {FEWEST_IMAGES} perturbed and {FEWEST_IMAGES} clean images, not "
                f"{self.perturbed} and {self.clean}"
            )

    @classmethod
    def of(cls, *, observers: int, images: int, prevalence: float) -> "Design":
        """Split the images into perturbed and clean ones, the perturbed rounded to the nearest number."""
        _require_prevalence(prevalence)
        perturbed = floor(prevalence * images + 0.5)
        return cls(observers, perturbed, images - perturbed)

    @property
    def images(self) -> int:
        """Perturbed and clean images together."""
        return self.perturbed + self.clean


@dataclass(frozen=True, slots=True)
class Spread:
    """How balanced accuracy varies over studies of one design, and what the report will take for that.

    Attributes
    ----------
    standard_deviation
        Of the estimate, over new images and new observers.
    standard_error
        The one that the estimator expects; without the observers' variance where the claim is for these observers.
    freedom
        Degrees of freedom of the estimator's t; infinite for the normal distribution.
    """

    standard_deviation: float
    standard_error: float
    freedom: float

    def critical(self, level: float) -> float:
        """Return the quantile that the interval is made with."""
        if self.freedom == inf:
            return float(special.ndtri(0.5 + level / 2))
        return float(special.stdtrit(self.freedom, 0.5 + level / 2))


def spread(claim: Claim, model: ModelObservers, design: Design) -> Spread:
    """Return how balanced accuracy varies over studies of this design.

    With p the expected share right, C_i and C_o the covariances of right answers to one image and of one observer
    (`model_observers`), G₁ perturbed and G₀ clean images and J observers:

        variance = (1/G₁ + 1/G₀) (p(1 − p) − C_o + (J − 1) C_i) / (4J) + C_o/J

    The first term is that of these observers: p(1 − p) deff/(4J) (1/G₁ + 1/G₀), deff = 1 + (J − 1)ρ, where all of them
    are alike; the second is the variance between observers over J.
    """
    return _spread(claim, model, design.observers, design.perturbed, design.clean)


def power(claim: Claim, model: ModelObservers, design: Design) -> float:
    """Return how probable it is that a study of this design shows what is claimed.

    Equivalence, of these observers, who are alike: Φ((δ − Δ)/SE − z) + Φ((δ + Δ)/SE − z) − 1, at least 0, with Δ the
    distance of the expected balanced accuracy from ½. At Δ = 0 both tests must reject, so that a power of 80% takes
    z(0.90), not z(0.80). Detection: Φ(|Δ|/SE − z) + Φ(−|Δ|/SE − z). With observers random z is a quantile of t and SE
    has a χ distribution, over which the power is averaged (Phillips 1990, Journal of Pharmacokinetics and
    Biopharmaceutics 18:137–144).

    Returns
    -------
    0 to 1; 0 where the observers are random and too few for an interval.
    """
    return _power(claim, model, design.observers, design.perturbed, design.clean)


def power_of_spread(claim: Claim, expected: Spread, *, away: float) -> float:
    """Return the power where the estimate varies so much around ½ + `away`; see `power`."""
    sd = max(expected.standard_deviation, 1e-300)
    reach = expected.critical(claim.level) * expected.standard_error
    if expected.freedom != inf:
        half = expected.freedom / 2
        reach = reach * np.sqrt(special.gammaincinv(half, _QUANTILES) / half)
    if claim.margin is None:
        shown = special.ndtr((away - reach) / sd) + special.ndtr((-away - reach) / sd)
    else:
        room = claim.margin - reach
        shown = np.maximum(special.ndtr((room - away) / sd) - special.ndtr((-room - away) / sd), 0)
    return float(np.mean(shown))


def images_needed(
    claim: Claim, model: ModelObservers, *, observers: int, prevalence: float = 0.5, power: float = 0.80
) -> int | None:
    """Return how many images show what is claimed, with this power.

    At half of the images perturbed, for these observers, who are alike and guess:
    images × observers = deff (z(1 − α) + z((1 + power)/2))² / (4δ²), deff = 1 + (J − 1)ρ, α = (1 − level)/2.

    Parameters
    ----------
    claim, model
        What is to be shown, of whom.
    observers
        J, each of whom judges every image.
    prevalence
        The share of perturbed images, between 0 and 1.
    power
        Between 0 and 1.

    Returns
    -------
    At most `MOST_IMAGES`; None where not so many do (`why_impossible` then says why).

    Raises
    ------
    ValueError
        An argument outside its range.
    """
    _require_observers(observers)
    _require_prevalence(prevalence)
    _require_power(power)
    fewest = ceil(FEWEST_IMAGES / min(prevalence, 1 - prevalence) - 1e-9)
    if fewest > MOST_IMAGES:
        return None

    def enough(images: int) -> bool:
        return _power(claim, model, observers, prevalence * images, (1 - prevalence) * images) >= power

    return _first(enough, fewest, MOST_IMAGES)


def design_needed(
    claim: Claim, model: ModelObservers, *, observers: int, prevalence: float = 0.5, power: float = 0.80
) -> Design | None:
    """Return `images_needed` as numbers of perturbed and clean images, each rounded up."""
    images = images_needed(claim, model, observers=observers, prevalence=prevalence, power=power)
    if images is None:
        return None
    # What floating point adds to a whole number is no image.
    perturbed, clean = (ceil(share * images - 1e-9) for share in (prevalence, 1 - prevalence))
    return Design(observers, perturbed, clean)


def observers_needed(
    claim: Claim, model: ModelObservers, *, most_images: int, prevalence: float = 0.5, power: float = 0.80
) -> int | None:
    """Return how many observers show what is claimed with no more than so many images; None above `MOST_OBSERVERS`."""
    _require_prevalence(prevalence)
    _require_power(power)
    fewest = FEWEST_OBSERVERS if claim.observers_random else 1

    def enough(observers: int) -> bool:
        return _power(claim, model, observers, prevalence * most_images, (1 - prevalence) * most_images) >= power

    return _first(enough, fewest, MOST_OBSERVERS)


def why_impossible(claim: Claim, model: ModelObservers, *, observers: int, power: float = 0.80) -> str | None:
    """Return why no number of images shows what is claimed with this power; None where some number does."""
    away = abs(model.right - CHANCE)
    if claim.observers_random and observers < FEWEST_OBSERVERS:
        return f"for other observers too there is no interval from fewer than {FEWEST_OBSERVERS} observers"
    if claim.margin is None and away < 1e-12:
        return "a d′ of 0 is guessing: there is nothing to detect"
    if claim.margin is not None and away >= claim.margin:
        return (
            f"observers with a d′ of {model.dprime:g} have a balanced accuracy of {100 * model.right:.1f}%, which is "
            f"further than {100 * claim.margin:.3g} points from 50%: it would be wrong to show it"
        )
    if limit_of_power(claim, model, observers=observers) < power:
        points = 100 * sqrt(model.between_observers / observers)
        return (
            f"the mean of {observers} observer{'' if observers == 1 else 's'} varies by a standard deviation of "
            f"{points:.1f} points, however many images they judge"
        )
    return None


def limit_of_power(claim: Claim, model: ModelObservers, *, observers: int) -> float:
    """Return the power with images without end: only the variance between observers is left."""
    return _power(claim, model, observers, ENDLESS, ENDLESS)


def smallest_margin(claim: Claim, model: ModelObservers, design: Design, *, power: float | None = None) -> float | None:
    """Return the smallest margin that a study of this design shows with this power.

    Without a power: the margin that it leaves at best, where the estimate is exactly ½ and the standard error the
    expected one.

    Returns
    -------
    None where it would not be below ½.
    """
    if claim.observers_random and design.observers < FEWEST_OBSERVERS:
        return None
    if power is None:
        expected = spread(claim, model, design)
        margin = expected.critical(claim.level) * expected.standard_error
        return margin if margin < CHANCE else None
    _require_power(power)
    steps = 100_000

    def enough(step: int) -> bool:
        return _power(Claim(step / steps, claim.level, claim.observers_random), model, *_numbers(design)) >= power

    step = _first(enough, 1, int(CHANCE * steps) - 1)
    return None if step is None else step / steps


def _numbers(design: Design) -> tuple[int, float, float]:
    return design.observers, design.perturbed, design.clean


def _spread(claim: Claim, model: ModelObservers, observers: int, perturbed: float, clean: float) -> Spread:
    p, of_images, of_observers = model.right, model.between_images, model.between_observers
    cells = 1 / perturbed + 1 / clean
    one_image = (p * (1 - p) - of_observers + (observers - 1) * of_images) / observers
    variance = cells * one_image + 4 * of_observers / observers
    if not claim.observers_random:
        return Spread(sqrt(variance) / 2, sqrt(cells * one_image) / 2, inf)
    # What `balanced_accuracy` expects: v_image + v_observer − v_cell, at least the larger of the first two.
    by_image = cells * one_image
    by_observer = (cells * (p * (1 - p) - of_observers - of_images) + 4 * of_observers) / observers
    estimated = max(by_image + by_observer - cells * p * (1 - p) / observers, by_image, by_observer)
    parts = by_observer**2 / (observers - 1) + sum(
        (one_image / images) ** 2 / (images - 1) for images in (perturbed, clean)
    )
    return Spread(sqrt(variance) / 2, sqrt(estimated) / 2, estimated**2 / parts)


def _power(claim: Claim, model: ModelObservers, observers: int, perturbed: float, clean: float) -> float:
    if claim.observers_random and observers < FEWEST_OBSERVERS:
        return 0.0
    expected = _spread(claim, model, observers, perturbed, clean)
    return power_of_spread(claim, expected, away=model.right - CHANCE)


def _first(enough: Callable[[int], bool], fewest: int, most: int) -> int | None:
    """Return the first number from which on it is enough, by doubling and halving; None where `most` is not."""
    low, high = fewest - 1, fewest
    while not enough(high):
        if high >= most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _require_observers(observers: int) -> None:
    if not 1 <= observers <= MOST_OBSERVERS:
        raise ValueError(f"a plan has between 1 and {MOST_OBSERVERS} observers, not {observers}")


def _require_prevalence(prevalence: float) -> None:
    if not 0 < prevalence < 1:
        raise ValueError(f"the share of perturbed images lies between 0 and 1, such as 0.5; {prevalence:g} does not")


def _require_power(power: float) -> None:
    if not 0 < power < 1:
        raise ValueError(f"power lies between 0 and 1, such as 0.8; {power:g} does not")
