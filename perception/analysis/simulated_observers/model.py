"""The simulated observer: what is perceived of an image, and how observers and images differ.

The model is equal-variance signal detection (Green & Swets 1966) with two random effects. What observer j perceives of
an image i at strength s is the *impression*

    x_ij = d_j (s/s₀ − ½) + σ_b b_i + σ_e e_ij,    b_i, e_ij ~ N(0, 1)

and “perturbed” is said where it exceeds the observer's criterion c_j.

- s is the strength of the perturbation, 0 for a clean image, and s₀ the main strength of a study: images of one
  strength have the means ±d_j/2.
- b_i is the image's own deviation, the same for every observer: it makes an image look perturbed to everybody. e_ij is
  that of one look.
- d_j ~ N(d′, τ²) and c_j ~ N(c, τ_c²) are what observers differ by. c = 0 is unbiased; above 0 “clean” is said more
  often.
- Where an image is shown to an observer again, e_ij = √q a_ij + √(1 − q) e′: a_ij is the observer's own of that image
  and comes back with it, e′ is new at every look. q, the *look share*, is 0 where a second look is as new as one of
  another observer, and 1 where it is the first one over again.
- With probability λ, the lapse rate, an observer presses any button instead.

Units. σ = σ_b/σ_e, the *image SD*, is in standard deviations of one look. r = σ²/(1 + σ²) is the *image share* of the
variance of an impression; two observers who guess give answers to one image that correlate by ρ = (2/π) arcsin r
(Sheppard 1899). An impression itself is in one of two units:

- *standardised*, `ImpressionNoise.standardised` and `.of_image_share`: σ_b² + σ_e² = 1, so that d_j is what a report
  measures as that observer's d′, whatever the images' share is. Planning and simulated sessions use it;
- *looks*, `ImpressionNoise.in_looks`: σ_e = 1. A report then measures d_j/√(1 + σ²). The check of coverage uses it.

Chance comes from outside. Every function takes the deviations, standard normal numbers, as arguments: planning and the
check of coverage draw arrays of them from a NumPy generator, a simulated session draws each from a seed of its own, so
that a session that is broken off goes on with the same answers.

`decisions` says what is answered to impressions, `expectations` what is to be expected of the answers.

References
----------
Green & Swets (1966), Signal Detection Theory and Psychophysics. Macmillan & Creelman (2005), Detection Theory: A User's
Guide, 2nd edition. Sheppard (1899), Philosophical Transactions of the Royal Society A 192:101–167.
"""

from dataclasses import dataclass
from math import asin, pi, sin, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

MOST_DPRIME = 10
"""Beyond it an observer never errs."""
MOST_IMAGE_SD = 100
"""Beyond it nothing but the image decides."""

Floats = NDArray[np.float64]
Real = TypeVar("Real", float, Floats)
"""One number, or an array of them; arrays are broadcast against each other."""


@dataclass(frozen=True, slots=True)
class ImpressionNoise:
    """What an impression deviates from its mean by.

    Attributes
    ----------
    of_image
        σ_b: the standard deviation of what is the image's own, at least 0.
    of_look
        σ_e: the standard deviation of one observer's looks at one image, at least 0.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.model import ImpressionNoise
    >>> ImpressionNoise.in_looks(0.75)
    ImpressionNoise(of_image=0.75, of_look=1.0)
    >>> ImpressionNoise.standardised(0.75)
    ImpressionNoise(of_image=0.6, of_look=0.8)
    >>> ImpressionNoise.in_looks(0.75).sd
    1.25
    """

    of_image: float
    of_look: float

    @classmethod
    def in_looks(cls, image_sd: float) -> "ImpressionNoise":
        """Return the noise in standard deviations of one look.

        Parameters
        ----------
        image_sd
            σ: the images' standard deviation, in those of one look; at least 0.

        Returns
        -------
        ImpressionNoise
            σ_b = σ and σ_e = 1.
        """
        return cls(image_sd, 1.0)

    @classmethod
    def standardised(cls, image_sd: float) -> "ImpressionNoise":
        """Return the noise in standard deviations of the impressions of one kind of image.

        Parameters
        ----------
        image_sd
            σ: the images' standard deviation, in those of one look; at least 0.

        Returns
        -------
        ImpressionNoise
            σ_b = σ/√(1 + σ²) and σ_e = 1/√(1 + σ²).
        """
        total = sqrt(1 + image_sd**2)
        return cls(image_sd / total, 1 / total)

    @classmethod
    def of_image_share(cls, share: float) -> "ImpressionNoise":
        """Return the standardised noise from the images' share in the variance of an impression.

        Parameters
        ----------
        share
            r, 0 to 1.

        Returns
        -------
        ImpressionNoise
            σ_b = √r and σ_e = √(1 − r).
        """
        return cls(sqrt(share), sqrt(1 - share))

    @property
    def sd(self) -> float:
        """√(σ_b² + σ_e²): the standard deviation of one observer's impressions over images of one kind."""
        return sqrt(self.of_look**2 + self.of_image**2)

    @property
    def image_share(self) -> float:
        """r = σ_b²/(σ_b² + σ_e²): the images' share of the variance of an impression."""
        return self.of_image**2 / (self.of_look**2 + self.of_image**2)


@dataclass(frozen=True, slots=True)
class ObserverPopulation:
    """Whom simulated observers are drawn from: sensitivity and criterion, normally distributed.

    Attributes
    ----------
    dprime, criterion
        d′ and c of the mean observer, in the unit of impressions.
    dprime_sd, criterion_sd
        τ and τ_c: their standard deviations between observers, at least 0.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.model import ObserverPopulation
    >>> ObserverPopulation(dprime=1.0, dprime_sd=0.25).dprime_at(-1.0)
    0.75
    """

    dprime: float = 0.0
    criterion: float = 0.0
    dprime_sd: float = 0.0
    criterion_sd: float = 0.0

    def dprime_at(self, deviation: Real) -> Real:
        """Return the sensitivity of observers by their place in the population.

        Parameters
        ----------
        deviation
            By how many standard deviations they lie above the mean observer; a number or an array of any shape.

        Returns
        -------
        float or ndarray
            d_j = d′ + τ · deviation, in the shape of `deviation`.
        """
        return self.dprime + self.dprime_sd * deviation

    def criterion_at(self, deviation: Real) -> Real:
        """Return the criterion of observers by their place in the population.

        Parameters
        ----------
        deviation
            By how many standard deviations they lie above the mean observer; a number or an array of any shape.

        Returns
        -------
        float or ndarray
            c_j = c + τ_c · deviation, in the shape of `deviation`.
        """
        return self.criterion + self.criterion_sd * deviation


def mean_impression(dprime: Real, strength: Real) -> Real:
    """Return what observers perceive of images of a strength in the mean: d_j (s/s₀ − ½).

    Parameters
    ----------
    dprime
        d_j; of several observers an array of shape (J, 1).
    strength
        s/s₀, as a multiple of the main strength: 1 for a perturbed image of a study with one strength, 0 for a clean
        one; of several images an array of shape (I,).

    Returns
    -------
    A number, or an array of shape (J, I), in the unit of d_j.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.simulated_observers.model import mean_impression
    >>> mean_impression(1.5, 1.0), mean_impression(1.5, 0.0)
    (0.75, -0.75)
    >>> mean_impression(np.array([[1.0], [2.0]]), np.array([1.0, 0.0, 2.0]))
    array([[ 0.5, -0.5,  1.5],
           [ 1. , -1. ,  3. ]])
    """
    return -dprime / 2 + dprime * strength


def impression(mean: Real, *, of_image: Real, of_look: Real, noise: ImpressionNoise) -> Real:
    """Return what observers perceive of images.

    Parameters
    ----------
    mean
        `mean_impression`; of several observers and images an array of shape (J, I). The difference of two images' means
        gives their perceived difference, with the noise of two looks.
    of_image
        b, standard normal: the image's own deviation, the same for all observers; an array of shape (I,).
    of_look
        e, standard normal: one for each answer; an array of shape (J, I).
    noise
        What the two weigh.

    Returns
    -------
    A number, or an array of shape (J, I).

    Examples
    --------
    >>> from perception.analysis.simulated_observers.model import ImpressionNoise, impression
    >>> impression(0.75, of_image=1.0, of_look=-0.5, noise=ImpressionNoise(0.5, 1.0))
    0.75
    """
    return mean + noise.of_image * of_image + noise.of_look * of_look


def look(*, own: Real, new: Real, share: float) -> Real:
    """Return the deviation of one of several looks of an observer at an image.

    Parameters
    ----------
    own
        a, standard normal: the observer's own of the image, the same in all of their looks at it.
    new
        e′, standard normal: another in each look; in the shape of `own`.
    share
        q: the share of the look's variance that comes back with the image, 0 to 1.

    Returns
    -------
    float or ndarray
        √q a + √(1 − q) e′, standard normal; two looks correlate by q.

    Raises
    ------
    ValueError
        The share is outside its range.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.model import look
    >>> round(look(own=1.0, new=-0.5, share=0.64), 6)
    0.5
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share of the looks' variance lies between 0 and 1, such as 0.5; {share:g} does not")
    return sqrt(share) * own + sqrt(1 - share) * new


def image_share_of_correlation(correlation: float) -> float:
    """Return the images' share r in the variance of an impression from the correlation of answers to one image.

    Parameters
    ----------
    correlation
        ρ of the answers of two guessing observers to one image, 0 to 1.

    Returns
    -------
    r, 0 to 1.

    Notes
    -----
    r = sin(πρ/2): two standard normal variables with the correlation r both exceed 0 with the probability
    ¼ + arcsin(r)/(2π) (Sheppard 1899, Philosophical Transactions of the Royal Society A 192:101–167).

    Examples
    --------
    >>> from perception.analysis.simulated_observers.model import image_share_of_correlation
    >>> round(image_share_of_correlation(1 / 3), 6)
    0.5
    """
    return sin(pi * correlation / 2)


def correlation_of_image_sd(image_sd: float) -> float:
    """Return the correlation of answers to one image from the images' standard deviation.

    Parameters
    ----------
    image_sd
        σ, in standard deviations of one look; 0 to `MOST_IMAGE_SD`.

    Returns
    -------
    ρ of the answers of two guessing observers to one image, 0 to 1.

    Raises
    ------
    ValueError
        The standard deviation is outside its range.

    Notes
    -----
    ρ = (2/π) arcsin(σ²/(1 + σ²)); see `image_share_of_correlation`.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.model import correlation_of_image_sd
    >>> round(correlation_of_image_sd(1), 6)
    0.333333
    """
    if not 0 <= image_sd <= MOST_IMAGE_SD:
        raise ValueError(f"the images' SD lies between 0 and {MOST_IMAGE_SD}, such as 0.4; {image_sd:g} does not")
    return 2 / pi * asin(image_sd**2 / (1 + image_sd**2))


def image_sd_of_share(share: float) -> float | None:
    """Return the images' standard deviation from their share in the variance of an impression.

    Parameters
    ----------
    share
        r, 0 to 1.

    Returns
    -------
    σ = √(r/(1 − r)), in standard deviations of one look; None where it has no limit, at r = 1.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.model import image_sd_of_share
    >>> image_sd_of_share(0.5)
    1.0
    """
    return sqrt(share / (1 - share)) if share < 1 else None
