"""Two arms that the same observers judge: what a study of given size can show of their difference.

By the formula of Hillis, Obuchowski & Berbaum (2011), Academic Radiology 18:129–142, from the components of variance of
a pilot study or of assumed observers; and by simulated studies, each analysed as a report does.
"""

from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import wilson
from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import FEWEST_IMAGES, MOST_IMAGES, Design
from perception.analysis.planning.sample_size import fewest_enough
from perception.analysis.planning.simulated_power import LEVEL, MONTE_CARLO, MOST_ANSWERS
from perception.analysis.simulated_observers.expectations import evidence_variance, share_both
from perception.analysis.simulated_observers.model import Floats, ImpressionNoise, impression, mean_impression
from perception.analysis.two_arms.covariance import error_covariances
from perception.analysis.two_arms.merit import Merit, mean_of, share_right
from perception.analysis.two_arms.obuchowski_rockette import Population, compare, freedom_of

Answers = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PlannedComponents:
    """What figures of merit in two arms vary by, with a certain number of images.

    Attributes
    ----------
    of_interaction
        Var(T·R): what observers' differences between the arms vary by; taken as 0 where an estimate is below.
    variance, same_observer, same_arm, neither
        Var(ε), Cov₁, Cov₂ and Cov₃ of the errors, as `ErrorCovariances` has them.
    """

    of_interaction: float
    variance: float
    same_observer: float
    same_arm: float
    neither: float

    def scaled(self, factor: float) -> "PlannedComponents":
        """Return the components with another number of images.

        Parameters
        ----------
        factor
            The images of these components over those of the other study: errors vary as one over their number.

        Examples
        --------
        >>> from perception.analysis.planning.two_arms import PlannedComponents
        >>> pilot = PlannedComponents(0.0002, 0.0008, 0.0003, 0.0003, 0.0002)
        >>> round(pilot.scaled(100 / 200).variance, 4)
        0.0004
        """
        errors = (self.variance, self.same_observer, self.same_arm, self.neither)
        return PlannedComponents(self.of_interaction, *(factor * error for error in errors))


@dataclass(frozen=True, slots=True)
class TwoArmPower:
    """What a study shows by formula.

    Attributes
    ----------
    power
        0 to 1.
    noncentrality
        λ of F, or of χ².
    freedom
        Of the denominator of F; infinite for χ².
    standard_error
        Of the difference that is expected.
    """

    power: float
    noncentrality: float
    freedom: float
    standard_error: float


def power_of_difference(
    difference: float,
    components: PlannedComponents,
    *,
    observers: int,
    level: float = 0.95,
    population: Population = Population.OBSERVERS_AND_IMAGES,
) -> TwoArmPower:
    """Return the power to show that two arms differ.

    Parameters
    ----------
    difference
        d, of the arms' true figures, such as areas or balanced accuracies.
    components
        With the study's number of images.
    observers
        J, at least 3 where they are random, else at least 1.
    level
        1 − α of the two-sided test, between 0 and 1.
    population
        For whom the difference is to be shown: for observers and images like these, or for these observers.

    Returns
    -------
    TwoArmPower
        By F, or for these observers by χ².

    Raises
    ------
    ValueError
        Too few observers; a level outside (0, 1); no variance; another population.

    Notes
    -----
    With Δ = max(Cov₂ − Cov₃, 0) (Hillis, Obuchowski & Berbaum 2011):

        E = Var(T·R) + Var(ε) − Cov₁ + (J − 1) Δ,  λ = J d²/(2E),
        df = E² (J − 1)/(Var(T·R) + Var(ε) − Cov₁ − Δ)²

    and the power is the probability that F with 1 and df degrees of freedom and noncentrality λ exceeds the quantile of
    F. For these observers E is without Var(T·R), and F is χ².

    References
    ----------
    - Hillis, S. L., Obuchowski, N. A., & Berbaum, K. S. (2011). Power estimation for multireader ROC methods: an
      updated and unified approach. Academic Radiology 18:129–142. doi:10.1016/j.acra.2010.09.007

    Examples
    --------
    From the components of Van Dyke's study of 114 cases, with ten observers and 165 images:

    >>> from perception.analysis.planning.two_arms import PlannedComponents, power_of_difference
    >>> pilot = PlannedComponents(0.0002004025, 0.0008022883, 0.0003466137, 0.0003440748, 0.0002390284)
    >>> found = power_of_difference(0.0438, pilot.scaled(114 / 165), observers=10)
    >>> print(f"{found.power:.4f}, df {found.freedom:.1f}")
    0.8054, df 62.7
    """
    require_level(level)
    is_random = population is Population.OBSERVERS_AND_IMAGES
    if population is Population.OBSERVERS:
        raise ValueError("a plan is for images like these")
    if observers < (FEWEST_OBSERVERS if is_random else 1):
        raise ValueError(f"at least {FEWEST_OBSERVERS} observers for others too, and one at all; not {observers}")
    between = max(components.same_arm - components.neither, 0)
    interaction = max(components.of_interaction, 0) if is_random else 0.0
    alone = interaction + components.variance - components.same_observer
    term = alone + (observers - 1) * between
    if term <= 0:
        raise ValueError("nothing varies in these components: there is no power to work out")
    freedom = freedom_of(term, max(alone - between, 0), observers) if is_random else inf
    noncentrality = observers * difference**2 / 2 / term
    if noncentrality == 0:
        power = 1 - level  # where SciPy 1.17's ncf.sf is below 0
    elif np.isfinite(freedom):
        power = stats.ncf.sf(stats.f.ppf(level, 1, freedom), 1, freedom, noncentrality)
    else:
        power = stats.ncx2.sf(stats.chi2.ppf(level, 1), 1, noncentrality)
    return TwoArmPower(float(power), noncentrality, freedom, sqrt(2 * term / observers))


@dataclass(frozen=True, slots=True)
class AssumedArms:
    """Observers who judge two arms by signal detection theory, and lean to neither answer.

    Attributes
    ----------
    first
        Who judges in the first arm.
    second_dprime
        d′ of the mean observer in the second, −10 to 10.
    likeness
        The correlation, between the arms, of what observers differ by and of what images differ by, 0 to 1.
    same_images
        Whether the images are the same in both arms.

    Raises
    ------
    ValueError
        A number outside its range.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.two_arms import AssumedArms
    >>> arms = AssumedArms(AssumedObservers(dprime=1.0, correlation=0.1), second_dprime=1.5)
    >>> round(arms.difference, 4)
    -0.0819
    """

    first: AssumedObservers
    second_dprime: float
    likeness: float = 0.5
    same_images: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not 0 <= self.likeness <= 1:
            raise ValueError(f"a likeness of two arms lies between 0 and 1, such as 0.5; {self.likeness:g} does not")
        replace(self.first, dprime=self.second_dprime)

    @property
    def second(self) -> AssumedObservers:
        """Who judges in the second arm."""
        return replace(self.first, dprime=self.second_dprime)

    @property
    def difference(self) -> float:
        """The expected difference of balanced accuracies, first less second."""
        return self.first.right - self.second.right

    def components(self, *, perturbed: int, clean: int) -> PlannedComponents:
        """Return what balanced accuracies vary by.

        Parameters
        ----------
        perturbed, clean
            The images in each arm.

        Returns
        -------
        PlannedComponents
            By the covariances of right answers, which share of their evidence's variance what observers (τ²/4) and
            images (r) are in common, less what observers are by themselves.

        Examples
        --------
        >>> from perception.analysis.planning.assumed_observers import AssumedObservers
        >>> from perception.analysis.planning.two_arms import AssumedArms
        >>> arms = AssumedArms(AssumedObservers(dprime=1.0, correlation=0.1), second_dprime=1.0)
        >>> found = arms.components(perturbed=50, clean=50)
        >>> round(found.variance, 5), round(found.same_arm, 5)
        (0.00213, 0.0002)
        """
        of_image = self.first.image_share
        of_observer = self.first.observer_sd**2 / 4
        images = self.likeness * of_image if self.same_images else 0.0
        observers = self.likeness * of_observer
        per_image = (1 / perturbed + 1 / clean) / 4
        in_arm = [self._covariance(right, right, of_observer) for right in self._rights]
        between = self._covariance(*self._rights, observers)
        same_arm = np.mean([self._covariance(right, right, of_image) for right in self._rights])
        variance = np.mean([right * (1 - right) - own for right, own in zip(self._rights, in_arm, strict=True)])
        return PlannedComponents(
            of_interaction=float(np.mean(in_arm)) - between,
            variance=float(variance) * per_image,
            same_observer=(self._covariance(*self._rights, observers + images) - between) * per_image,
            same_arm=float(same_arm) * per_image,
            neither=self._covariance(*self._rights, images) * per_image,
        )

    @property
    def _rights(self) -> tuple[float, float]:
        return self.first.right, self.second.right

    def _covariance(self, one: float, other: float, shared_variance: float) -> float:
        """Return the covariance of right answers whose evidence shares so much of its variance."""
        correlation = shared_variance / evidence_variance(self.first.population)
        if correlation >= 1:
            return min(one, other) - one * other
        return share_both(one, other, correlation) - one * other

    def draw(self, design: Design, rng: np.random.Generator) -> Answers:
        """Draw which answers of new observers to new images are right.

        Parameters
        ----------
        design
            Observers and images of each arm.
        rng
            Where the random numbers come from.

        Returns
        -------
        ndarray
            bool array of shape (2, J, I), arms × observers × images, the perturbed ones first.
        """
        truth = np.arange(design.images) < design.perturbed
        of_observer = _alike(rng, (design.observers, 1), self.likeness)
        of_image = _alike(rng, (design.images,), self.likeness if self.same_images else 0.0)
        right = np.empty((2, design.observers, design.images), dtype=bool)
        for arm, observers in enumerate((self.first, self.second)):
            means = mean_impression(observers.population.dprime_at(of_observer[arm]), truth.astype(np.float64))
            impressions = impression(
                means,
                of_image=of_image[arm],
                of_look=rng.standard_normal(means.shape),
                noise=ImpressionNoise.of_image_share(observers.image_share),
            )
            right[arm] = (impressions > 0) == truth
        return right


def _alike(rng: np.random.Generator, shape: tuple[int, ...], likeness: float) -> tuple[Floats, Floats]:
    """Draw standard normal numbers twice, the second of which correlate with the first."""
    one = rng.standard_normal(shape)
    other: Floats = likeness * one + sqrt(1 - likeness**2) * rng.standard_normal(shape)
    return one, other


def images_for_two_arms(
    assumed: AssumedArms,
    *,
    observers: int,
    prevalence: float = 0.5,
    power: float = 0.80,
    level: float = 0.95,
    population: Population = Population.OBSERVERS_AND_IMAGES,
) -> int | None:
    """Return the fewest images in each arm that give a power to show that the arms' balanced accuracies differ.

    Parameters
    ----------
    assumed
        Who answers.
    observers
        J, as for `power_of_difference`.
    prevalence
        The share of perturbed images, above 0 and below 1.
    power
        Wanted, between 0 and 1.
    level, population
        As for `power_of_difference`.

    Returns
    -------
    int or None
        None where `MOST_IMAGES` are too few, as they are where the arms do not differ or observers do too much.

    Raises
    ------
    ValueError
        As for `power_of_difference`; a power or a prevalence outside (0, 1).

    References
    ----------
    - Hillis, S. L., Obuchowski, N. A., & Berbaum, K. S. (2011). Power estimation for multireader ROC methods: an
      updated and unified approach. Academic Radiology 18:129–142. doi:10.1016/j.acra.2010.09.007

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.two_arms import AssumedArms, images_for_two_arms
    >>> images_for_two_arms(AssumedArms(AssumedObservers(dprime=1.0, correlation=0.1), second_dprime=1.5), observers=5)
    148
    """
    if not 0 < power < 1:
        raise ValueError(f"a power lies between 0 and 1, such as 0.8; {power:g} does not")
    if not 0 < prevalence < 1:
        raise ValueError(f"a share of perturbed images lies between 0 and 1; {prevalence:g} does not")
    fewest = next(
        images
        for images in range(2 * FEWEST_IMAGES, MOST_IMAGES)
        if min(round(images * prevalence), images - round(images * prevalence)) >= FEWEST_IMAGES
    )

    def enough(images: int) -> bool:
        design = Design.of(observers=observers, images=images, prevalence=prevalence)
        return power_of_two_arms(assumed, design, level=level, population=population).power >= power

    return fewest_enough(enough, fewest, MOST_IMAGES)


def power_of_two_arms(
    assumed: AssumedArms,
    design: Design,
    *,
    level: float = 0.95,
    population: Population = Population.OBSERVERS_AND_IMAGES,
) -> TwoArmPower:
    """Return the power of a design to show that the arms' balanced accuracies differ, by formula.

    Parameters
    ----------
    assumed
        Who answers.
    design
        Observers, and images in each arm.
    level, population
        As for `power_of_difference`.

    Returns
    -------
    TwoArmPower
        By `power_of_difference`. For these observers, who are still to be found, it is averaged over whom they may be.

    Raises
    ------
    ValueError
        As for `power_of_difference`.

    Notes
    -----
    The difference of J observers who are still to be drawn is N(d, 2 Var(T·R)/J). With SE that of the errors alone and
    s² = SE² + 2 Var(T·R)/J, the power for these observers is Φ((d − z SE)/s) + Φ((−d − z SE)/s), which is that of χ²
    where observers do not differ.

    References
    ----------
    - Hillis, S. L., Obuchowski, N. A., & Berbaum, K. S. (2011). Power estimation for multireader ROC methods: an
      updated and unified approach. Academic Radiology 18:129–142. doi:10.1016/j.acra.2010.09.007

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Design
    >>> from perception.analysis.planning.two_arms import AssumedArms, power_of_two_arms
    >>> arms = AssumedArms(AssumedObservers(dprime=1.0, correlation=0.1), second_dprime=1.5)
    >>> print(f"{power_of_two_arms(arms, Design(5, 50, 50)).power:.2f}")
    0.64
    """
    components = assumed.components(perturbed=design.perturbed, clean=design.clean)
    difference, observers = assumed.difference, design.observers
    found = power_of_difference(difference, components, observers=observers, level=level, population=population)
    if population is not Population.IMAGES:
        return found
    limit = float(stats.norm.ppf(0.5 + level / 2)) * found.standard_error
    spread = sqrt(found.standard_error**2 + 2 * max(components.of_interaction, 0) / observers)
    power = stats.norm.cdf((difference - limit) / spread) + stats.norm.cdf((-difference - limit) / spread)
    return replace(found, power=float(power))


def simulate_two_arms(
    assumed: AssumedArms,
    design: Design,
    *,
    studies: int,
    seed: int,
    level: float = 0.95,
    population: Population = Population.OBSERVERS_AND_IMAGES,
) -> Estimate:
    """Simulate studies with new observers and new images, and count those that show that the arms differ.

    Parameters
    ----------
    assumed
        Who answers.
    design
        Observers, and images in each arm.
    studies
        How many, at least 1.
    seed
        At least 0. Designs of different sizes draw different numbers from one seed.
    level, population
        As for `power_of_difference`.

    Returns
    -------
    Estimate
        The share of the studies whose interval excludes 0, `k` of `n`, with its Monte Carlo error.

    Raises
    ------
    ValueError
        No study to simulate, a negative seed, or a study of more than `MOST_ANSWERS`.

    Notes
    -----
    Each study's balanced accuracies are analysed by `compare`, with DeLong's covariances, as in a report.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Design
    >>> from perception.analysis.planning.two_arms import AssumedArms, simulate_two_arms
    >>> arms = AssumedArms(AssumedObservers(dprime=0.5, correlation=0.1), second_dprime=2.0)
    >>> found = simulate_two_arms(arms, Design(4, 40, 40), studies=20, seed=1)
    >>> found.n, found.k
    (20, 20)
    """
    if studies < 1:
        raise ValueError(f"at least one study is simulated, not {studies}")
    if seed < 0:
        raise ValueError(f"a seed is not negative; {seed} is")
    if 2 * design.answers > MOST_ANSWERS:
        raise ValueError(f"a simulated study has at most {MOST_ANSWERS:,} answers; leave the simulation out")
    rng = np.random.default_rng([seed, 2, design.observers, design.perturbed, design.clean])
    shown = sum(
        _differ(assumed.draw(design, rng), design, same_images=assumed.same_images, level=level, population=population)
        for _ in range(studies)
    )
    low, high = wilson(shown, studies, LEVEL)
    return Estimate(shown / studies, low, high, LEVEL, MONTE_CARLO, n=studies, k=shown)


def _differ(right: Answers, design: Design, *, same_images: bool, level: float, population: Population) -> bool:
    """Tell whether a study's interval excludes 0."""
    images = np.arange(design.images)
    arms = tuple(
        [_balanced(row, images + (0 if same_images else number * design.images), design.perturbed) for row in arm]
        for number, arm in enumerate(right)
    )
    values = np.array([[merit.value for merit in arm] for arm in arms])
    found = compare(values, error_covariances((arms[0], arms[1])), population=population, level=level).difference
    return found.low is not None and found.high is not None and (found.low > 0 or found.high < 0)


def _balanced(right: Answers, images: NDArray[np.intp], perturbed: int) -> Merit:
    one = share_right(right[:perturbed], images[:perturbed])
    merit = mean_of(one, share_right(right[perturbed:], images[perturbed:]))
    if merit is None:
        raise ValueError("a design has images of either truth")
    return merit
