"""The one-pixel attack: an evolution of candidates finds the few pixels whose change the classifier minds most."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from ml.attacks.image_randomness import randomness_of
from ml.attacks.method import AttackOptions, Perturb
from ml.attacks.target_lead import target_lead
from ml.attacks.taxonomy import BLACK_BOX, Technique
from ml.attacks.untrained import UntrainedAttack
from ml.images.pixels import Pixels, quantise
from ml.networks.network import Network
from ml.options import AttackSettings, setting

# Candidates that are images at one time: a whole population of large ones would fill the memory.
AT_ONE_TIME = 32
# x, y, red, green, blue: each from 0 to 1.
NUMBERS_A_PIXEL = 5


class _Generation(Protocol):
    """What SciPy tells of each generation."""

    fun: float
    """What the best candidate lacks."""


Read = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class OnePixelSettings(AttackSettings):
    """How long it looks for how many pixels."""

    pixels: int = setting(1, gettext_noop("pixels that may change"), above=0, at_most=1000)
    generations: int = setting(20, gettext_noop("generations at most; 100 as published"), above=0)
    population: int = setting(100, gettext_noop("candidates a generation; 400 as published"), at_least=5)


class OnePixelAttack(UntrainedAttack):
    """Su, Vargas, Sakurai 2019, targeted: differential evolution, a new candidate from three, without crossover."""

    title: ClassVar[str] = gettext_noop("one pixel (Su et al. 2019)")
    strength_explained: ClassVar[str] = gettext_noop(
        "largest change to a channel of the few pixels that change, in levels; 255, as published, is any colour"
    )
    bounded: ClassVar[bool] = True
    techniques: ClassVar[tuple[Technique, ...]] = BLACK_BOX
    settings: ClassVar[type[AttackSettings]] = OnePixelSettings

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that searches, image by image, asking for many candidates at one time."""
        from ml.networks.log_probabilities import log_probability_predictor

        read = log_probability_predictor(classifier)

        def perturb(images: NDArray[np.float32]) -> NDArray[np.float32]:
            found = [_search(image, read, options) for image in quantise(images)]
            return np.stack(found).astype(np.float32) / np.float32(255)

        return perturb


def _search(image: Pixels, read: Read, options: AttackOptions) -> Pixels:
    """Return the image with the pixels of the best candidate; it ends with the first generation that is fooled."""
    from scipy.optimize import Bounds, differential_evolution

    settings = options.settings_as(OnePixelSettings)
    rng = randomness_of(image, options.seed)
    reach = math.floor(options.strength)

    def lack(candidates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by how much another class leads; SciPy gives (numbers, candidates)."""
        leads = []
        for start in range(0, candidates.shape[1], AT_ONE_TIME):
            some = candidates[:, start : start + AT_ONE_TIME].T
            painted = np.stack([paint(image, candidate, reach) for candidate in some])
            leads.append(target_lead(read(painted.astype(np.float32) / np.float32(255)), options.target))
        return -np.concatenate(leads).astype(np.float64)

    def end_once_fooled(intermediate_result: _Generation) -> None:
        if intermediate_result.fun < 0:
            raise StopIteration

    size = NUMBERS_A_PIXEL * settings.pixels
    many_at_once: Any = lack  # SciPy's types know functions of one candidate only
    result = differential_evolution(
        many_at_once,
        Bounds(np.zeros(size), np.ones(size)),
        strategy="rand1bin",
        init=rng.random((settings.population, size)),
        maxiter=settings.generations,
        mutation=0.5,
        recombination=1.0,
        tol=0.0,
        polish=False,
        updating="deferred",
        vectorized=True,
        callback=end_once_fooled,
        rng=rng,
    )
    return paint(image, result.x, reach)


def paint(image: Pixels, candidate: NDArray[np.float64], reach: int) -> Pixels:
    """Return the image with a candidate's pixels.

    Parameters
    ----------
    image
        uint8 array of shape (side, side, 3).
    candidate
        Array of shape (5 × pixels,), from 0 to 1: for each pixel where it is, and where its channels lie between the
        lowest and the highest level within `reach` of what they were.
    reach
        Largest change to a channel, in levels.
    """
    painted = image.copy()
    height, width = image.shape[:2]
    for across, down, *colour in candidate.reshape(-1, NUMBERS_A_PIXEL):
        row, column = min(int(down * height), height - 1), min(int(across * width), width - 1)
        before = image[row, column].astype(np.float64)
        low, high = np.maximum(before - reach, 0), np.minimum(before + reach, 255)
        painted[row, column] = np.rint(low + np.array(colour) * (high - low)).astype(np.uint8)
    return painted
