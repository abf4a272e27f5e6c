"""What is to be expected of simulated observers who are shown images twice: kappa within, and the share said alike.

`perception.analysis.simulated_observers.model` says how they judge; two looks of an observer at an image share q of the
look's variance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from perception.analysis.simulated_observers.decisions import RATING_LIMITS
from perception.analysis.simulated_observers.model import Floats, ImpressionNoise, ObserverPopulation, mean_impression

ANSWERS = (0.0,)
"""Between “clean” and “perturbed”: as `RATING_LIMITS` between ratings."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
_WEIGHTS = _WEIGHTS / np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True)
class RepeatedLooks:
    """Observers, images and looks, of which some are at the same image again.

    Attributes
    ----------
    population
        Whom the observers are drawn from.
    noise
        What impressions deviate by.
    look_share
        q: the share of a look's variance that comes back with the image, 0 to below 1.
    perturbed
        The share of perturbed images among those that are shown twice, 0 to 1.
    """

    population: ObserverPopulation
    noise: ImpressionNoise
    look_share: float
    perturbed: float

    @property
    def correlation(self) -> float:
        """Of two impressions that an observer has of one image, among those of one kind of image."""
        return (self.noise.of_image**2 + self.look_share * self.noise.of_look**2) / self.noise.sd**2

    def kappa(self, *, weighted: bool = False) -> float:
        """Return kappa within observers.

        Parameters
        ----------
        weighted
            Of ratings with quadratic weights, in place of the two answers.

        Returns
        -------
        float
            1 − O/E, at most 1.

        Raises
        ------
        ValueError
            A share outside its range.

        Notes
        -----
        With m and v the mean and the variance of an observer's answers (0 and 1, or ratings) to images of a kind, and
        m(z), v(z) those given z, the part of an impression that is the same in both looks,

            O = Σₛ wₛ E[2 v(z)],  E = Σₛ Σₜ wₛ wₜ E[vₛ + vₜ + (mₛ − mₜ)²]

        over observers, and images of the kinds s and t in their shares w: E is of two different images. Expectations
        over d_j, c_j and z are Gauss–Hermite sums with 40 nodes each. Of looks that are the same (q = 1) answers are
        steps in z, which such a sum does not meet: use q below 1.

        Examples
        --------
        >>> from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
        >>> from perception.analysis.simulated_observers.repeated_looks import RepeatedLooks
        >>> guessing = RepeatedLooks(ObserverPopulation(), ImpressionNoise.in_looks(0.0), 0.5, 0.5)
        >>> round(guessing.kappa(), 4)
        0.3333
        """
        observed, chance = self._apart(RATING_LIMITS if weighted else ANSWERS)
        return 1 - observed / chance

    def agreed(self) -> float:
        """Return the share of images of which the same is said twice, 0 to 1.

        Raises
        ------
        ValueError
            A share outside its range.

        Examples
        --------
        >>> from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
        >>> from perception.analysis.simulated_observers.repeated_looks import RepeatedLooks
        >>> round(RepeatedLooks(ObserverPopulation(), ImpressionNoise.in_looks(0.0), 0.5, 0.5).agreed(), 4)
        0.6667
        """
        return 1 - self._apart(ANSWERS)[0]

    def _apart(self, limits: Sequence[float]) -> tuple[float, float]:
        """Return the mean squared difference of two answers to one image, and to two, of one observer."""
        if not (0 <= self.look_share < 1 and 0 <= self.perturbed <= 1):
            told = f"{self.look_share:g}, {self.perturbed:g}"
            raise ValueError(f"shares lie between 0 and 1, that of looks below: {told}")
        dprime = self.population.dprime_at(_NODES)[:, None]
        criterion = self.population.criterion_at(_NODES)[None, :]
        of_observers = _WEIGHTS[:, None] * _WEIGHTS[None, :]
        observed = chance = 0.0
        means, variances = [], []
        shares = (self.perturbed, 1 - self.perturbed)
        for share, strength in zip(shares, (1.0, 0.0), strict=True):
            evidence = mean_impression(dprime, strength) - criterion
            mean, variance = _moments(evidence, self.noise.sd, limits)
            means.append(mean)
            variances.append(variance)
            shared = np.sqrt(self.correlation) * self.noise.sd * _NODES
            new = np.sqrt(1 - self.correlation) * self.noise.sd
            _, of_look = _moments(evidence[..., None] + shared, new, limits)
            observed += share * float((of_observers * 2 * (of_look @ _WEIGHTS)).sum())
        for s, t in np.ndindex(2, 2):
            apart = variances[s] + variances[t] + (means[s] - means[t]) ** 2
            chance += shares[s] * shares[t] * float((of_observers * apart).sum())
        return observed, chance


def _moments(mean: Floats, sd: float, limits: Sequence[float]) -> tuple[Floats, Floats]:
    """Return mean and variance of the number of limits that a normal impression lies above."""
    above = [special.ndtr((mean - limit) / sd) for limit in sorted(limits)]
    first = sum(above, np.zeros_like(mean))
    # E[k²] of a count of nested events: Σ (2 i − 1) P(above the i-th limit).
    second = sum(((2 * i - 1) * one for i, one in enumerate(above, start=1)), np.zeros_like(mean))
    return first, second - first**2
