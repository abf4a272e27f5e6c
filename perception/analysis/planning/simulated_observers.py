"""Simulated observers, for planning: what their answers have in common, by theory and by drawing some.

Equal-variance signal detection (Green & Swets 1966) with two random effects. What observer j perceives of image i is

    x_ij = ±d_j/2 + √r b_i + √(1 − r) e_ij,    b_i, e_ij ~ N(0, 1),    d_j ~ N(d′, τ²)

with + for perturbed images and − for clean ones, and "perturbed" is said where x_ij > 0. So the impressions of the
images of one kind have a standard deviation of 1, d_j is what a report measures as that observer's d′, and its balanced
accuracy is Φ(d_j/2).
"""

from dataclasses import dataclass
from math import asin, pi, sin, sqrt

import numpy as np
from scipy import special

from perception.analysis.answer_table import AnswerTable

MOST_DPRIME = 10
"""Beyond it an observer never errs."""


@dataclass(frozen=True, slots=True)
class SimulatedObservers:
    """Observers who answer by signal detection theory.

    Attributes
    ----------
    dprime
        d′ of the mean observer; 0 is guessing.
    correlation
        ρ: the correlation of the answers of two guessing observers to one image, 0 to 1.
    observer_sd
        τ: the standard deviation of d′ between observers, at least 0.
    """

    dprime: float = 0.0
    correlation: float = 0.0
    observer_sd: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no observer can be."""
        if not -MOST_DPRIME <= self.dprime <= MOST_DPRIME:
            raise ValueError(f"d′ lies between −{MOST_DPRIME} and {MOST_DPRIME}, such as 0.3; {self.dprime:g} does not")
        if not 0 <= self.correlation <= 1:
            raise ValueError(f"a correlation lies between 0 and 1, such as 0.1; {self.correlation:g} does not")
        if not 0 <= self.observer_sd <= MOST_DPRIME:
            raise ValueError(f"the observers' SD of d′ lies between 0 and {MOST_DPRIME}; {self.observer_sd:g} does not")

    @property
    def image_share(self) -> float:
        """r = sin(πρ/2): the share of the images in the variance of an impression (Sheppard 1899)."""
        return sin(pi * self.correlation / 2)

    @property
    def right(self) -> float:
        """The expected share of right answers, which is the expected balanced accuracy: Φ(d′/2 / √(1 + τ²/4))."""
        return float(special.ndtr(self._threshold))

    @property
    def between_images(self) -> float:
        """The covariance of two observers' right answers to one image."""
        return self._covariance(self.image_share / self._variance)

    @property
    def between_observers(self) -> float:
        """The covariance of one observer's right answers to two images: the variance of Φ(d_j/2)."""
        return self._covariance(self.observer_sd**2 / 4 / self._variance)

    def draw(self, *, observers: int, perturbed: int, clean: int, rng: np.random.Generator) -> AnswerTable:
        """Return the answers of new observers to new images, every image judged by every observer.

        Parameters
        ----------
        observers, perturbed, clean
            How many of each.
        rng
            Where the random numbers come from.
        """
        truth = np.arange(perturbed + clean) < perturbed
        dprimes = self.dprime + self.observer_sd * rng.standard_normal((observers, 1))
        impressions = np.where(truth, dprimes, -dprimes) / 2
        impressions += sqrt(self.image_share) * rng.standard_normal(truth.size)
        impressions += sqrt(1 - self.image_share) * rng.standard_normal(impressions.shape)
        names = tuple(map(str, range(observers))), tuple(map(str, range(truth.size)))
        return AnswerTable(*names, truth, (impressions > 0).astype(np.int8))

    @property
    def _variance(self) -> float:
        return 1 + self.observer_sd**2 / 4

    @property
    def _threshold(self) -> float:
        return self.dprime / 2 / sqrt(self._variance)

    def _covariance(self, r: float) -> float:
        """Return Φ₂(h, h; r) − Φ(h)², by Owen's T (1956): Φ₂(h, h; r) = Φ(h) − 2 T(h, √((1 − r)/(1 + r)))."""
        both = self.right - 2 * float(special.owens_t(self._threshold, sqrt((1 - r) / (1 + r))))
        return both - self.right**2


def correlation_of_image_sd(image_sd: float) -> float:
    """Return ρ of the answers to images whose impressions have this standard deviation.

    ρ = (2/π) arcsin(σ²/(1 + σ²)).

    Parameters
    ----------
    image_sd
        σ, in standard deviations of one observer's impressions of one image; at least 0.

    Raises
    ------
    ValueError
        A negative or an unlimited standard deviation.
    """
    if not 0 <= image_sd <= 100:
        raise ValueError(f"the images' SD lies between 0 and 100, such as 0.4; {image_sd:g} does not")
    return 2 / pi * asin(image_sd**2 / (1 + image_sd**2))
