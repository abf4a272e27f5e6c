"""What a study of given size can show: its power, by formula. `sample_size` turns it round.

What is planned is the verdict: that the interval of d′ lies inside the margin ("undetectable"; two one-sided tests,
Schuirmann 1987), or that it excludes 0 ("detected"). The formula reckons in balanced accuracy, ½ + δ for the margin: of
observers without a leaning it is Φ(d′/2), so that distance and standard error of both stand in the same ratio to the
first order (at δ = .05 within 0.3%, at .10 within 1.1%, the formula asking for the more). `simulated_power` checks it
with the very estimator of the verdict.
"""

from dataclasses import dataclass
from math import ceil, floor, inf, sqrt

import numpy as np
from scipy import special

from perception.analysis.detection.group_d_prime import FEWEST_EXPECTED, MOST_LEFT_OUT, reach_of_counts
from perception.analysis.detection.margin import CHANCE
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import require_level
from perception.analysis.planning.assumed_observers import AssumedObservers

MOST_IMAGES = 100_000
MOST_OBSERVERS = 1_000
FEWEST_IMAGES = 2
"""Of either truth: from a single image there is no interval."""
MOST_STANDARD_DEVIATIONS = 8
"""How far from its mean a count is looked at; further out it has no probability that shows."""
_QUANTILES = (np.arange(256) + 0.5) / 256


@dataclass(frozen=True, slots=True)
class Claim:
    """What a study is to show.

    Attributes
    ----------
    margin
        δ, between 0 and ½: that d′ lies within that of a balanced accuracy of ½ ± δ without a leaning. None: that d′
        differs from 0.
    level
        Of the interval that shows it: 0.90 for two one-sided tests at 5%, 0.95 for one two-sided test.
    observers_random
        Whether it is to hold for observers like these, rather than for these.

    Raises
    ------
    ValueError
        A margin outside (0, ½), or a level outside (0, 1).

    Examples
    --------
    >>> from perception.analysis.planning.power import Claim
    >>> undetectable = Claim(margin=0.05, level=0.90)
    >>> detected = Claim(margin=None, level=0.95)
    """

    margin: float | None
    level: float
    observers_random: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be claimed."""
        if self.margin is not None and not 0 < self.margin < CHANCE:
            raise ValueError(f"a margin lies between 0 and 0.5, such as 0.05; {self.margin:g} does not")
        require_level(self.level)

    def too_few(self, observers: int) -> bool:
        """Tell whether so many observers are too few for an interval that shows it.

        Parameters
        ----------
        observers
            How many, at least 1.

        Returns
        -------
        bool
            Whether they are random and fewer than three.
        """
        return self.observers_random and observers < FEWEST_OBSERVERS


@dataclass(frozen=True, slots=True)
class Design:
    """How many there are of each: every one of the observers judges every one of the images, or some of a pool.

    Attributes
    ----------
    observers
        J, 1 to `MOST_OBSERVERS`.
    perturbed, clean
        G₁ and G₀, which one observer judges, `FEWEST_IMAGES` to `MOST_IMAGES`.
    pool
        N, from how many images each observer's own are drawn, so that each is shown equally often; at least G₁ + G₀.
        None: all judge the same.

    Raises
    ------
    ValueError
        A number outside its range.

    Examples
    --------
    >>> from perception.analysis.planning.power import Design
    >>> Design(observers=4, perturbed=30, clean=20).answers
    200
    """

    observers: int
    perturbed: int
    clean: int
    pool: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that no study has."""
        require_observers(self.observers)
        if self.pool is not None and not self.images <= self.pool <= MOST_IMAGES:
            raise ValueError(
                f"a pool has at least the {self.images:,} images that an observer judges, and at most "
                f"{MOST_IMAGES:,}, not {self.pool:,}"
            )
        if min(self.perturbed, self.clean) < FEWEST_IMAGES:
            raise ValueError(
                f"an interval takes at least {FEWEST_IMAGES} perturbed and {FEWEST_IMAGES} clean images, not "
                f"{self.perturbed} and {self.clean}"
            )
        if max(self.perturbed, self.clean) > MOST_IMAGES:
            raise ValueError(f"a plan has at most {MOST_IMAGES:,} images, not {self.images:,}")

    @classmethod
    def of(cls, *, observers: int, images: int, prevalence: float, pool: int | None = None) -> "Design":
        """Split the images into perturbed and clean ones, the perturbed rounded to the nearest number.

        Parameters
        ----------
        observers
            J, 1 to `MOST_OBSERVERS`.
        images
            G₁ + G₀.
        prevalence
            The share of perturbed images, between 0 and 1.
        pool
            N; None: all judge the same.

        Returns
        -------
        Design
            G₁ = ⌊prevalence · images + ½⌋ and G₀ = images − G₁.

        Raises
        ------
        ValueError
            A share that is not between 0 and 1, or numbers that no study has.
        """
        require_prevalence(prevalence)
        perturbed = floor(prevalence * images + 0.5)
        return cls(observers, perturbed, images - perturbed, pool)

    @property
    def images(self) -> int:
        """Perturbed and clean images that one observer judges."""
        return self.perturbed + self.clean

    @property
    def judges(self) -> float:
        """How many observers judge an image, of the kind that has more; all of them where all judge the same."""
        return _judges(self.observers, max(self.perturbed, self.clean), self.pool)

    @property
    def answers(self) -> int:
        """How many answers the study has."""
        return self.observers * self.images


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
        """Return the quantile that the interval is made with.

        Parameters
        ----------
        level
            Of the interval, between 0 and 1.

        Returns
        -------
        float
            The quantile at (1 + level)/2 of the normal distribution, or of t with `freedom`.
        """
        if self.freedom == inf:
            return float(special.ndtri(0.5 + level / 2))
        return float(special.stdtrit(self.freedom, 0.5 + level / 2))


def spread(claim: Claim, assumed: AssumedObservers, design: Design) -> Spread:
    """Return how balanced accuracy varies over studies of this design.

    Parameters
    ----------
    claim
        What is to be shown: whether of these observers or of others like them.
    assumed
        Who answers.
    design
        How many observers and images.

    Returns
    -------
    Spread
        Standard deviations in shares, 0 to ½ (0.02 is two percentage points).

    Raises
    ------
    ValueError
        The observers are random and too few for an interval.

    Notes
    -----
    With p the expected share right, C_i and C_o the covariances of right answers to one image and of one observer
    (`AssumedObservers`), G₁ perturbed and G₀ clean images and J observers::

        variance = (1/G₁ + 1/G₀) (p(1 − p) − C_o + (J − 1) C_i) / (4J) + C_o/J

    The first term is that of these observers: p(1 − p) deff/(4J) (1/G₁ + 1/G₀), deff = 1 + (J − 1)ρ, where all of them
    are alike (Obuchowski 1998); the second is the variance between observers over J. Of a pool, J − 1 is k − 1 instead:
    k = J G/N observers judge an image of that truth, at least 1 and at most J.

    References
    ----------
    - Obuchowski, N. A. (1998). On the comparison of correlated proportions for clustered data. Statistics in
      Medicine 17:1495–1507.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim, Design, spread
    >>> expected = spread(Claim(0.05, 0.90), AssumedObservers(correlation=0.1), Design(4, 140, 140))
    >>> print(f"{expected.standard_error:.4f}, {expected.freedom}")
    0.0170, inf
    """
    if claim.too_few(design.observers):
        raise ValueError(f"there is no interval from fewer than {FEWEST_OBSERVERS} random observers")
    return _spread(claim, assumed, design.observers, design.perturbed, design.clean, design.pool)


def power(claim: Claim, assumed: AssumedObservers, design: Design) -> float:
    """Return how probable it is that a study of this design shows what is claimed.

    Parameters
    ----------
    claim
        What is to be shown.
    assumed
        Who answers.
    design
        How many observers and images.

    Returns
    -------
    float
        0 to 1; 0 where the observers are random and too few for an interval.

    Notes
    -----
    With Δ the distance of the expected balanced accuracy from ½ and the standard error SE of `spread`:

    - Equivalence (Schuirmann 1987), of these observers, who are alike: Φ((δ − Δ)/SE − z) + Φ((δ + Δ)/SE − z) − 1, at
      least 0. At Δ = 0 both tests must reject, so that a power of 80% takes z(0.90), not z(0.80).
    - Detection: Φ(|Δ|/SE − z) + Φ(−|Δ|/SE − z).
    - With observers random z is a quantile of t and SE has a χ distribution, over which the power is averaged (Phillips
      1990).

    All of it times the probability that the report has a verdict at all (`verdict_share`), which small studies lack.

    References
    ----------
    - Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach for
      assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and Biopharmaceutics
      15:657–680.
    - Phillips, K. F. (1990). Power of the two one-sided tests procedure in bioequivalence. Journal of
      Pharmacokinetics and Biopharmaceutics 18:137–144.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim, Design, power
    >>> print(f"{power(Claim(0.05, 0.90), AssumedObservers(correlation=0.1), Design(4, 140, 140)):.3f}")
    0.803
    """
    return power_at(claim, assumed, design.observers, design.perturbed, design.clean, design.pool)


def power_of_spread(claim: Claim, expected: Spread, *, away: float) -> float:
    """Return the power where the estimate varies so much around ½ + `away`; see `power`.

    Parameters
    ----------
    claim
        What is to be shown.
    expected
        How the estimate varies.
    away
        The expected balanced accuracy less ½, −½ to ½.

    Returns
    -------
    float
        0 to 1.

    Notes
    -----
    The χ distribution of the standard error is averaged over 256 quantiles of it.
    """
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


def _spread(
    claim: Claim, assumed: AssumedObservers, observers: int, perturbed: float, clean: float, pool: int | None = None
) -> Spread:
    p, of_images, of_observers = assumed.right, assumed.between_images, assumed.between_observers
    kinds = [(images, _judges(observers, images, pool)) for images in (perturbed, clean)]
    answers = [observers * images for images, _ in kinds]
    # What one kind of image adds to the variance of the mean of its answers, by whom an image is judged.
    of_kinds = [
        (p * (1 - p) - of_observers + (judges - 1) * of_images) / n
        for (_, judges), n in zip(kinds, answers, strict=True)
    ]
    by_image = sum(of_kinds)
    variance = by_image + 4 * of_observers / observers
    if not claim.observers_random:
        return Spread(sqrt(variance) / 2, sqrt(by_image) / 2, inf)
    # What `balanced_accuracy` expects: v_image + v_observer − v_cell, at least the larger of the first two.
    # Two observers have so great a part of their images in common, and answers to these alike.
    common = [(judges - 1) / (observers - 1) for _, judges in kinds]
    by_observer = 4 * of_observers / observers + sum(
        (p * (1 - p) - of_observers - part * of_images) / n for part, n in zip(common, answers, strict=True)
    )
    by_cell = sum(p * (1 - p) / n for n in answers)
    estimated = max(by_image + by_observer - by_cell, by_image, by_observer)
    parts = by_observer**2 / (observers - 1) + sum(
        of_kind**2 / (n / judges - 1) for of_kind, n, (_, judges) in zip(of_kinds, answers, kinds, strict=True)
    )
    return Spread(sqrt(variance) / 2, sqrt(estimated) / 2, estimated**2 / parts)


def _judges(observers: int, images: float, pool: int | None) -> float:
    """Return how many observers judge an image of one kind, of which each observer judges so many."""
    if pool is None:
        return observers
    return min(float(observers), max(1.0, observers * images / pool))


def power_at(
    claim: Claim, assumed: AssumedObservers, observers: int, perturbed: float, clean: float, pool: int | None = None
) -> float:
    """Return `power`, of numbers of images that need not be whole.

    Parameters
    ----------
    claim, assumed
        What is to be shown, and who answers.
    observers
        J, at least 1.
    perturbed, clean
        G₁ and G₀, at least `FEWEST_IMAGES` each.
    pool
        N, from which they are drawn; None: all judge the same.

    Returns
    -------
    float
        0 to 1; 0 where the observers are random and too few for an interval.
    """
    if claim.too_few(observers):
        return 0.0
    share = verdict_share(claim, assumed, observers, perturbed, clean)
    if not share:
        return 0.0
    expected = _spread(claim, assumed, observers, perturbed, clean, pool)
    return share * power_of_spread(claim, expected, away=assumed.right - CHANCE)


def verdict_share(claim: Claim, assumed: AssumedObservers, observers: int, perturbed: float, clean: float) -> float:
    """Return how probable it is that a report has a verdict: enough answers of each kind for a d′ of its observers.

    Parameters
    ----------
    claim, assumed
        What is to be shown, and who answers.
    observers
        J, at least 1.
    perturbed, clean
        G₁ and G₀, at least `FEWEST_IMAGES` each; they need not be whole.

    Returns
    -------
    float
        0 to 1; 1 of more images than a plan has.

    Notes
    -----
    `group_d_prime` takes an observer's d′ where the four numbers that nobody who sees nothing would go below are at
    least `FEWEST_EXPECTED` each, and leaves out one observer in ten; a margin has to lie within its reach. Both turn on
    how many answers "perturbed" an observer gave, which is taken as normal, with the continuity correction, and as
    independent between observers; how many of them qualify is binomial.

    Examples
    --------
    Sixteen images are few for the d′ of every one of four observers, and eight are too few for any:

    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim, verdict_share
    >>> detected, seeing = Claim(None, 0.95), AssumedObservers(dprime=1.0)
    >>> print(f"{verdict_share(detected, seeing, 4, 8, 8):.2f} {verdict_share(detected, seeing, 4, 4, 4):.2f}")
    0.79 0.00
    """
    images = round(perturbed + clean)
    if images > 2 * MOST_IMAGES:
        return 1.0
    p, of_observers = assumed.right, assumed.between_observers
    mean = perturbed * p + clean * (1 - p)
    sd = sqrt(max(images * (p * (1 - p) - of_observers) + (perturbed - clean) ** 2 * of_observers, 1e-12))
    low = max(0, floor(mean - MOST_STANDARD_DEVIATIONS * sd))
    said = np.arange(low, min(images, ceil(mean + MOST_STANDARD_DEVIATIONS * sd)) + 1)
    smaller = min(perturbed, clean) / (perturbed + clean)
    enough = np.minimum(said, images - said) * smaller >= FEWEST_EXPECTED
    if claim.margin is not None:
        reach = np.zeros(said.size)
        reach[enough] = reach_of_counts(perturbed, clean, said[enough])
        enough &= special.ndtr(reach / 2) >= CHANCE + claim.margin  # without a leaning
    if not enough.any():
        return 0.0
    first, last = said[enough][[0, -1]]
    one = float(special.ndtr((last + 0.5 - mean) / sd) - special.ndtr((first - 0.5 - mean) / sd))
    return float(special.bdtr(floor(MOST_LEFT_OUT * observers), observers, 1 - one))


def require_observers(observers: int) -> None:
    """Refuse a number of observers below 1 or above `MOST_OBSERVERS`.

    Parameters
    ----------
    observers
        How many.

    Raises
    ------
    ValueError
        There are too few or too many.
    """
    if not 1 <= observers <= MOST_OBSERVERS:
        raise ValueError(f"a plan has between 1 and {MOST_OBSERVERS} observers, not {observers}")


def require_prevalence(prevalence: float) -> None:
    """Refuse a share of perturbed images that is not between 0 and 1.

    Parameters
    ----------
    prevalence
        The share: 0.5, not 50.

    Raises
    ------
    ValueError
        The share is not strictly between 0 and 1.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"the share of perturbed images lies between 0 and 1, such as 0.5; {prevalence:g} does not")
