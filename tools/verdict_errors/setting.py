"""One kind of study whose observers see the change exactly as well as the margin allows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import special

from perception.analysis.detection.margin import d_prime_of_margin
from perception.analysis.simulated_observers.model import (
    ImpressionNoise,
    ObserverPopulation,
    image_share_of_correlation,
    impression,
    mean_impression,
)

DESIGNS = ((2, 30, 20), (4, 100, 100), (4, 400, 400), (10, 200, 200), (50, 53, 53), (20, 48, 12))
"""Observers, perturbed and clean images; every observer judges every image."""
MARGINS = (0.05, 0.10, 0.30)
FALSE_ALARMS = (0.01, 0.03, 0.10, 0.31)
"""Of the mean observer; and the same of misses, which is the other end of the criterion."""
SPREADS = ((0.0, 0.0), (0.3, 0.4))
"""Standard deviations between observers, of d′ and of the criterion."""
CORRELATION = 0.1
"""Of two guessing observers' answers to one image."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One kind of study.

    Attributes
    ----------
    observers, perturbed, clean
        How many of each.
    margin
        δ; the observers' mean d′ is exactly that of it.
    rate
        Of false alarms, or where `strict` is False of misses, of the mean observer: the criterion follows from it.
    strict
        Whether “perturbed” is seldom said, rather than “clean”.
    dprime_sd, criterion_sd
        Between observers.
    """

    observers: int
    perturbed: int
    clean: int
    margin: float
    rate: float
    strict: bool
    dprime_sd: float
    criterion_sd: float

    @property
    def population(self) -> ObserverPopulation:
        """Whom the observers are drawn from."""
        d_prime = d_prime_of_margin(self.margin)
        criterion = -float(special.ndtri(self.rate)) - d_prime / 2
        return ObserverPopulation(d_prime, criterion if self.strict else -criterion, self.dprime_sd, self.criterion_sd)

    def draw(self, rng: np.random.Generator, *, these: bool) -> tuple[NDArray[np.bool_], NDArray[np.int8]]:
        """Draw one study: whether each image is perturbed, and what was said, bool and int8 arrays of shape (J, I).

        Parameters
        ----------
        rng
            Where the random numbers come from.
        these
            Whether the mean d′ of the observers that were drawn is that of the margin, rather than that of all.
        """
        truth = np.arange(self.perturbed + self.clean) < self.perturbed
        place = rng.standard_normal((self.observers, 1))
        d_primes = self.population.dprime_at(place - place.mean() if these else place)
        impressions = impression(
            mean_impression(d_primes, truth.astype(np.float64)),
            of_image=rng.standard_normal(truth.size),
            of_look=rng.standard_normal((self.observers, truth.size)),
            noise=ImpressionNoise.of_image_share(image_share_of_correlation(CORRELATION)),
        )
        said = impressions > self.population.criterion_at(rng.standard_normal((self.observers, 1)))
        return np.broadcast_to(truth, said.shape), said.astype(np.int8)


def settings() -> Iterator[Setting]:
    """Go through the settings: every design at every margin, criterion and spread."""
    for design, margin, rate, strict, spread in product(DESIGNS, MARGINS, FALSE_ALARMS, (True, False), SPREADS):
        yield Setting(*design, margin, rate, strict, *spread)
