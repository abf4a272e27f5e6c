"""Model observers with known true figures.

An image i that observer j looks at gives the evidence x = ±d_j/2 + u_i + ε, + for a perturbed and − for a clean one,
with ε ~ N(0, 1) and u_i ~ N(0, σ²): what makes an image look perturbed to everybody. The answer is “perturbed” where
x > c_j. Observers differ by d_j ~ N(d, τ²) and c_j ~ N(0, τ²). Ratings cut x − c_j at −1, −½, 0, ½ and 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CUTS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
"""Between the six ratings, from the criterion."""
LOG_TIME, LOG_TIME_SD = 0.9, 0.5
"""Of response times in seconds, which are lognormal."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Setting:
    """One kind of study.

    Attributes
    ----------
    observers
        J.
    perturbed, clean
        How many images of each truth.
    dprime
        d, the mean of the observers'.
    image_sd, observer_sd
        σ and τ; 0 where images, or observers, are alike.
    """

    observers: int
    perturbed: int
    clean: int
    dprime: float
    image_sd: float
    observer_sd: float

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Whether each image is perturbed, shape (I,)."""
        return np.arange(self.perturbed + self.clean) < self.perturbed

    @property
    def spread(self) -> float:
        """√(1 + σ²): the standard deviation of one observer's evidence over images of one truth."""
        return float(np.sqrt(1 + self.image_sd**2))


@dataclass(frozen=True, slots=True)
class Study:
    """One simulated study.

    Attributes
    ----------
    setting
        What it was drawn from.
    dprime, criterion
        d_j and c_j of its observers, shape (J,).
    responses
        1 for “perturbed”, shape (J, I).
    ratings
        1 to 6, shape (J, I).
    chosen
        Whether the perturbed image was chosen of each of I pairs, shape (J, I): x of both twins compared, which an
        image's own d′, N(d_j, σ²), makes easier or harder.
    times
        Response times of the first observer to perturbed images, seconds.
    """

    setting: Setting
    dprime: Floats
    criterion: Floats
    responses: NDArray[np.int8]
    ratings: Floats
    chosen: NDArray[np.bool_]
    times: Floats


def draw_study(setting: Setting, rng: np.random.Generator) -> Study:
    """Draw observers, images and answers."""
    observers, images = setting.observers, setting.perturbed + setting.clean
    dprime = setting.dprime + setting.observer_sd * rng.standard_normal(observers)
    criterion = setting.observer_sd * rng.standard_normal(observers)
    of_image = setting.image_sd * rng.standard_normal(images)
    sign = np.where(setting.truth, 0.5, -0.5)
    evidence = dprime[:, None] * sign + of_image + rng.standard_normal((observers, images)) - criterion[:, None]
    of_pair = setting.image_sd * rng.standard_normal(images)
    difference = dprime[:, None] + of_pair + np.sqrt(2) * rng.standard_normal((observers, images))
    return Study(
        setting=setting,
        dprime=dprime,
        criterion=criterion,
        responses=(evidence > 0).astype(np.int8),
        ratings=np.searchsorted(CUTS, evidence) + np.float64(1),
        chosen=difference > 0,
        times=np.exp(LOG_TIME + LOG_TIME_SD * rng.standard_normal(setting.perturbed)),
    )
