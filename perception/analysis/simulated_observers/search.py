"""Observers who look for a change that is in one place of an image, rate the image, and mark the likeliest place.

An image has M places that could be marked, so many that the changed one is its M-th part. What observer j perceives of
place m of image i is, as in `model`,

    x_ijm = d_j s_m + σ_b b_im + σ_e e_ijm,    b_im, e_ijm ~ N(0, 1)

with s_m = 1 at the changed place and 0 elsewhere; places of a clean image are all of the second kind. The image is
rated by the highest of its places, and that place is marked (Swensson 1996, Medical Physics 23:1709–1725). d_j is thus
the sensitivity for the change at its place, and the place of a change that nobody sees is found in 1/M of all images.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray
from scipy import special

from perception.analysis.answer_table import MISSING
from perception.analysis.simulated_observers.decisions import RATING_LIMITS, ratings
from perception.analysis.simulated_observers.model import Floats, ImpressionNoise, ObserverPopulation

FEWEST_PLACES, MOST_PLACES = 2, 1_000
# Of the integrals over observers, and over what is perceived at the changed place; how far from its mean these go.
NODES = 12
NODES_OF_PLACES = 60
BEYOND = 9.0


@dataclass(frozen=True, slots=True)
class MarkedAnswers:
    """What observers rated and marked.

    Attributes
    ----------
    truth
        bool array of shape (I,): perturbed images first.
    ratings
        float array of shape (J, I): 1 to 6.
    placed
        int8 array of shape (J, I): 1 where the changed place was marked, 0 where another, −1 of clean images.
    """

    truth: NDArray[np.bool_]
    ratings: Floats
    placed: NDArray[np.int8]

    @property
    def responses(self) -> NDArray[np.int8]:
        """1 where an image was called perturbed, 0 where not, int8 array of shape (J, I)."""
        return (self.ratings > 3).astype(np.int8)


@dataclass(frozen=True)
class PlaceSearch:
    """Observers, images, and how many places an image has.

    Attributes
    ----------
    population
        d_j, and the criterion c_j above `usual_criterion`. 0 there calls half of the clean images perturbed.
    noise
        Of a place; its variance is 1, as `ImpressionNoise.standardised` makes it.
    places
        M, 2 to 1,000.

    Raises
    ------
    ValueError
        Fewer or more places; noise of another variance.

    Examples
    --------
    Whoever sees nothing marks the changed place in one of M images:

    >>> from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
    >>> from perception.analysis.simulated_observers.search import PlaceSearch
    >>> search = PlaceSearch(ObserverPopulation(dprime=0.0), ImpressionNoise.standardised(0.5), 10)
    >>> round(search.share_placed(), 6), round(search.lroc_area(), 6)
    (0.1, 0.05)
    >>> seen = PlaceSearch(ObserverPopulation(dprime=2.5), ImpressionNoise.standardised(0.5), 10)
    >>> round(seen.share_placed(), 3), round(seen.lroc_area(), 3)
    (0.809, 0.706)
    """

    population: ObserverPopulation
    noise: ImpressionNoise
    places: int

    def __post_init__(self) -> None:
        """Refuse what is no search."""
        if not FEWEST_PLACES <= self.places <= MOST_PLACES:
            raise ValueError(f"an image has {FEWEST_PLACES} to {MOST_PLACES:,} places, not {self.places:,}")
        if not np.isclose(self.noise.sd, 1):
            raise ValueError(f"the variance of a place is 1, not {self.noise.sd**2:g}")

    @property
    def usual_criterion(self) -> float:
        """What the highest place of half of all clean images exceeds: Φ⁻¹(2^(−1/M))."""
        return float(special.ndtri(0.5 ** (1 / self.places)))

    def draw(self, *, observers: int, perturbed: int, clean: int, rng: np.random.Generator) -> MarkedAnswers:
        """Draw observers and images, and what the ones answer to the others.

        Parameters
        ----------
        observers, perturbed, clean
            How many.
        rng
            Where chance comes from.

        Returns
        -------
        MarkedAnswers
        """
        return self.answers_of(*self.observers(observers, rng), perturbed=perturbed, clean=clean, rng=rng)

    def observers(self, number: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw observers.

        Parameters
        ----------
        number
            J, how many.
        rng
            Where chance comes from.

        Returns
        -------
        tuple of ndarray
            Sensitivities d_j and criteria c_j, float arrays of shape (J,).
        """
        dprime = self.population.dprime_at(rng.standard_normal(number))
        return dprime, self.usual_criterion + self.population.criterion_at(rng.standard_normal(number))

    def answers_of(
        self, dprime: Floats, criterion: Floats, *, perturbed: int, clean: int, rng: np.random.Generator
    ) -> MarkedAnswers:
        """Draw images, and what observers answer to them.

        Parameters
        ----------
        dprime, criterion
            Float arrays of shape (J,), the criteria as `observers` draws them.
        perturbed, clean
            How many images.
        rng
            Where chance comes from.

        Returns
        -------
        MarkedAnswers
        """
        shape = (perturbed + clean, self.places)
        perceived = self.noise.of_look * rng.standard_normal((len(dprime), *shape))
        perceived += self.noise.of_image * rng.standard_normal(shape)
        perceived[:, :perturbed, 0] += dprime[:, None]
        placed = (perceived.argmax(axis=2) == 0).astype(np.int8)
        placed[:, perturbed:] = MISSING
        rated = ratings(perceived.max(axis=2) - criterion[:, None]).astype(np.float64)
        return MarkedAnswers(np.arange(perturbed + clean) < perturbed, rated, placed)

    def share_placed(self, dprime: Floats | None = None) -> float:
        """Return in which share of all perturbed images the changed place is marked.

        Parameters
        ----------
        dprime
            Of these observers, in their mean; None: of all that could be drawn.

        Returns
        -------
        float
            Within [0, 1].
        """
        if dprime is not None:
            return float(np.mean([self._placed(float(one)) for one in dprime]))
        return self._over_observers(lambda one, _: self._placed(one))

    def lroc_area(self, dprime: Floats | None = None, criterion: Floats | None = None) -> float:
        """Return the area under the LROC curve of six ratings, over all images.

        Parameters
        ----------
        dprime, criterion
            Of these observers, in their mean; None: of all that could be drawn.

        Returns
        -------
        float
            Within [0, 1].
        """
        if dprime is not None and criterion is not None:
            each = zip(dprime, criterion, strict=True)
            return float(np.mean([self._area(float(one), float(limit)) for one, limit in each]))
        return self._over_observers(self._area)

    def _over_observers(self, of_one: Callable[[float, float], float]) -> float:
        """Return the mean of what holds of an observer, by Gauss and Hermite over d_j and c_j."""
        nodes, weights = hermegauss(NODES)
        weights = weights / weights.sum()
        dprimes = self.population.dprime_at(nodes)
        criteria = self.usual_criterion + self.population.criterion_at(nodes)
        return sum(
            float(one * other) * of_one(float(dprime), float(criterion))
            for one, dprime in zip(weights, dprimes, strict=True)
            for other, criterion in zip(weights, criteria, strict=True)
        )

    def _marked(self, dprime: float, limits: Floats) -> Floats:
        """Return with which probability the changed place is the highest, and lies between each limit and the next."""
        nodes, weights = leggauss(NODES_OF_PLACES)
        within = np.clip(limits, dprime - BEYOND, dprime + BEYOND)
        half = np.diff(within)[:, None] / 2
        values = within[:-1, None] + half * (1 + nodes)
        density = np.exp(-((values - dprime) ** 2) / 2) / np.sqrt(2 * np.pi)
        found: Floats = (half * weights * density * special.ndtr(values) ** (self.places - 1)).sum(axis=1)
        return found

    def _placed(self, dprime: float) -> float:
        return float(self._marked(dprime, dprime + np.array([-np.inf, 0, np.inf])).sum())

    def _area(self, dprime: float, criterion: float) -> float:
        """Return P(the changed place is marked, and the image rated above a clean one), ties as half."""
        limits = criterion + np.array([-np.inf, *RATING_LIMITS, np.inf])
        below = special.ndtr(limits) ** self.places  # of a clean image's highest place
        return float(self._marked(dprime, limits) @ ((below[:-1] + below[1:]) / 2))
