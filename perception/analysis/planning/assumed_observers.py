"""Who a plan assumes will answer: what their answers have in common, by theory and by drawing some.

They are simulated observers whose impressions are standardised, so that their d′ is what a report measures as such, who
lean to neither answer, and who differ by d′ alone; `perception.analysis.simulated_observers.model` says how they judge.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.simulated_observers.answers import answer_table
from perception.analysis.simulated_observers.dealing import deal
from perception.analysis.simulated_observers.expectations import covariance_of_right, evidence_variance, right_limit
from perception.analysis.simulated_observers.model import (
    MOST_DPRIME,
    ImpressionNoise,
    ObserverPopulation,
    image_share_of_correlation,
    impression,
    mean_impression,
)


@dataclass(frozen=True, slots=True)
class AssumedObservers:
    """Observers who answer by signal detection theory.

    Attributes
    ----------
    dprime
        d′ of the mean observer, −10 to 10; 0 is guessing.
    correlation
        ρ: the correlation of the answers of two guessing observers to one image, 0 to 1.
    observer_sd
        τ: the standard deviation of d′ between observers, 0 to 10.

    Raises
    ------
    ValueError
        A number outside its range, or none.

    Notes
    -----
    x_ij = ±d_j/2 + √r b_i + √(1 − r) e_ij, + for a perturbed image and − for a clean one; b_i, e_ij ~ N(0, 1), d_j ~
    N(d′, τ²) and r = sin(πρ/2). “Perturbed” is said above 0, so that observer j has the balanced accuracy Φ(d_j/2).

    References
    ----------
    Green & Swets (1966), Signal Detection Theory and Psychophysics.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> observers = AssumedObservers(dprime=0.5, correlation=0.1)
    >>> round(observers.right, 4), round(observers.between_images, 4), round(observers.between_observers, 4)
    (0.5987, 0.0236, 0.0)
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
    def population(self) -> ObserverPopulation:
        """Whom the observers are drawn from."""
        return ObserverPopulation(dprime=self.dprime, dprime_sd=self.observer_sd)

    @property
    def image_share(self) -> float:
        """r = sin(πρ/2): the share of the images in the variance of an impression (Sheppard 1899)."""
        return image_share_of_correlation(self.correlation)

    @property
    def right(self) -> float:
        """The expected share of right answers, which is the expected balanced accuracy: Φ(d′/2 / √(1 + τ²/4))."""
        return float(special.ndtr(right_limit(self.population)))

    @property
    def between_images(self) -> float:
        """C_i: the covariance of two observers' right answers to one image."""
        return self._covariance(self.image_share)

    @property
    def between_observers(self) -> float:
        """C_o: the covariance of one observer's right answers to two images, which is the variance of Φ(d_j/2)."""
        return self._covariance(self.observer_sd**2 / 4)

    def draw(
        self, *, observers: int, perturbed: int, clean: int, rng: np.random.Generator, pool: int | None = None
    ) -> AnswerTable:
        """Draw the answers of new observers to new images, every image judged by every observer, or some of a pool.

        Parameters
        ----------
        observers, perturbed, clean
            How many of each: J, and the G₁ and G₀ images that one observer judges.
        rng
            Where the random numbers come from.
        pool
            From how many images each observer's own are drawn, at least G₁ and G₀ each; None: all judge the same.

        Returns
        -------
        AnswerTable
            Of J observers and G₁ + G₀ images, the perturbed ones first, without a missing answer. Of a pool its images,
            perturbed and clean apart, as far as any observer is asked about them: each as often as another of its
            kind, or once more.

        Raises
        ------
        ValueError
            A negative number of observers.

        Examples
        --------
        >>> import numpy as np
        >>> from perception.analysis.planning.assumed_observers import AssumedObservers
        >>> table = AssumedObservers(dprime=2.0).draw(
        ...     observers=2, perturbed=3, clean=2, rng=np.random.default_rng(1)
        ... )
        >>> table.truth
        array([ True,  True,  True, False, False])
        >>> table.responses.shape, table.responses.dtype
        ((2, 5), dtype('int8'))
        """
        if pool is not None:
            return self._draw_from_pool(observers, (perturbed, clean), pool, rng)
        truth = np.arange(perturbed + clean) < perturbed
        dprimes = self.population.dprime_at(rng.standard_normal((observers, 1)))
        means = mean_impression(dprimes, truth.astype(np.float64))
        impressions = impression(
            means,
            of_image=rng.standard_normal(truth.size),
            of_look=rng.standard_normal(means.shape),
            noise=ImpressionNoise.of_image_share(self.image_share),
        )
        return answer_table(truth, (impressions > 0).astype(np.int8))

    def _draw_from_pool(
        self, observers: int, numbers: tuple[int, int], pool: int, rng: np.random.Generator
    ) -> AnswerTable:
        """Draw the answers to images of one's own, so many perturbed and clean ones."""
        # An image counts apart as perturbed and as clean: nobody sees it twice.
        sizes = [min(pool, observers * number) for number in numbers]
        truth = np.arange(sum(sizes)) < sizes[0]
        dealt = [deal(size, number, observers, rng) for size, number in zip(sizes, numbers, strict=True)]
        item = np.concatenate([dealt[0], sizes[0] + dealt[1]], axis=1)
        dprimes = self.population.dprime_at(rng.standard_normal((observers, 1)))
        means = mean_impression(dprimes, truth[item].astype(np.float64))
        impressions = impression(
            means,
            of_image=rng.standard_normal(truth.size)[item],
            of_look=rng.standard_normal(means.shape),
            noise=ImpressionNoise.of_image_share(self.image_share),
        )
        responses = np.full((observers, truth.size), MISSING, dtype=np.int8)
        np.put_along_axis(responses, item, (impressions > 0).astype(np.int8), axis=1)
        return answer_table(truth, responses)

    def _covariance(self, shared_variance: float) -> float:
        """Return the covariance of right answers whose evidence shares so much of its variance."""
        correlation = shared_variance / evidence_variance(self.population)
        return covariance_of_right(right_limit(self.population), correlation)
