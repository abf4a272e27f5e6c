"""Simulated studies with known true values.

`perception.analysis.simulated_observers.model` says how their observers judge. Here impressions are in standard
deviations of one look: σ_e = 1, σ_b = σ. Observers differ by d_j ~ N(d, τ²) and c_j ~ N(0, τ²).
"""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.simulated_observers.decisions import grades, ratings
from perception.analysis.simulated_observers.model import (
    Floats,
    ImpressionNoise,
    ObserverPopulation,
    impression,
    mean_impression,
)
from studies.randomization import draw_pool_sequences

LOG_TIME, LOG_TIME_SD = 0.9, 0.5
"""Of response times in seconds, which are lognormal."""
GRADED_FROM = 1.0
"""What is added to the evidence before it is cut into grades: without it few images would get another than 5."""
STRENGTHS = (2.0, 4.0, 8.0, 16.0)
"""In levels, dealt out in turn among the perturbed images of the trials by which thresholds are tried."""
THRESHOLD, SLOPE, FALSE_ALARMS = 6.0, 1.5, 0.2
"""Of the mean observer: the strength at which half is noticed beyond false alarms; the slope per doubling; γ."""


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
    second_dprime
        d of a second arm in which the same observers judge the same images; None where there is none.
    asked
        How many images of each truth each observer is asked about, drawn for each anew; 0: all.
    of_pool
        Whether they are dealt out as a study of this program deals out a pool: every image is shown equally often,
        and there clean and perturbed, with what it looks like to everybody in both.
    group_dprime
        d of a second group of observers, the latter half of them; None where all are one group.
    repeated
        How many trials are shown to each observer a second time.

    Raises
    ------
    ValueError
        A pool whose images are not all there perturbed and clean.
    """

    observers: int
    perturbed: int
    clean: int
    dprime: float
    image_sd: float
    observer_sd: float
    second_dprime: float | None = None
    asked: int = 0
    of_pool: bool = False
    group_dprime: float | None = None
    repeated: int = 0

    def __post_init__(self) -> None:
        """Refuse a pool without twins."""
        if self.of_pool and (self.perturbed != self.clean or not self.asked):
            raise ValueError("of a pool every image is there perturbed and clean, and each observer has their own")

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Whether each image is perturbed, shape (I,)."""
        return np.arange(self.perturbed + self.clean) < self.perturbed

    @property
    def in_second_group(self) -> NDArray[np.bool_]:
        """Whether each observer is in the second group, shape (J,)."""
        return (np.arange(self.observers) >= self.observers // 2) & (self.group_dprime is not None)

    @property
    def population(self) -> ObserverPopulation:
        """Whom the observers are drawn from."""
        return ObserverPopulation(self.dprime, 0.0, self.observer_sd, self.observer_sd)

    @property
    def noise(self) -> ImpressionNoise:
        """What impressions deviate by, in standard deviations of one look."""
        return ImpressionNoise.in_looks(self.image_sd)


@dataclass(frozen=True, slots=True)
class SecondArm:
    """What the same observers judge of the same images in a second arm.

    Attributes
    ----------
    dprime, criterion
        Of each observer, shape (J,). Half of what observers differ by is as in the first arm, in variance; so is half
        of what images differ by.
    responses, ratings
        As in `Study`.
    """

    dprime: Floats
    criterion: Floats
    responses: NDArray[np.int8]
    ratings: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """One simulated study.

    Attributes
    ----------
    setting
        What it was drawn from.
    dprime, criterion
        d_j and c_j of its observers, shape (J,).
    responses
        1 for “perturbed”, shape (J, I); −1 where not asked.
    ratings
        1 to 6, shape (J, I); nan where not asked.
    grades
        1 to 5, shape (J, I), by the same evidence; nan where not asked.
    chosen
        Whether the perturbed image was chosen of each of I pairs, shape (J, I): x of both twins compared, which an
        image's own d′, N(d_j, σ²), makes easier or harder.
    times
        Response times of the first observer to perturbed images, seconds.
    log_threshold
        log₂ of the observers' thresholds, shape (J,): they differ by τ doublings, and images by σ doublings.
    noticed
        1 for “perturbed”, shape (J, I), where the perturbed images have `STRENGTHS` in turn:
        γ + (1 − γ)·Φ(SLOPE·(log₂ s − log₂ threshold)) of them, γ of the clean ones.
    second
        The second arm; None where there is none.
    evidence, looks
        x − c and e of each first look, shape (J, I); None where nothing is shown twice.
    again
        What second looks are drawn by; likewise.
    """

    setting: Setting
    dprime: Floats
    criterion: Floats
    responses: NDArray[np.int8]
    ratings: Floats
    grades: Floats
    chosen: NDArray[np.bool_]
    times: Floats
    log_threshold: Floats
    noticed: NDArray[np.int8]
    second: SecondArm | None = None
    evidence: Floats | None = None
    looks: Floats | None = None
    again: np.random.Generator | None = None


def strengths_of(setting: Setting) -> Floats:
    """Return the strength of each image, shape (I,): 0 for the clean ones."""
    strengths = np.resize(STRENGTHS, len(setting.truth))
    return np.where(setting.truth, strengths, 0.0)


def _draw_noticed(setting: Setting, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int8]]:
    """Draw the observers' thresholds and their answers to images of several strengths."""
    observers, images = setting.observers, len(setting.truth)
    log_threshold = np.log2(THRESHOLD) + setting.observer_sd * rng.standard_normal(observers)
    of_strength = np.log2(strengths_of(setting), where=setting.truth, out=np.full(images, -np.inf))
    doublings = of_strength + setting.image_sd * rng.standard_normal(images) - log_threshold[:, None]
    seen = SLOPE * doublings + rng.standard_normal((observers, images)) > 0
    guessed = rng.random((observers, images)) < FALSE_ALARMS
    return log_threshold, (seen | guessed).astype(np.int8)


def _half_as_before(deviations: Floats, rng: np.random.Generator) -> Floats:
    """Return standard normal deviations that correlate with others by ½."""
    half: Floats = (deviations + np.sqrt(3) * rng.standard_normal(deviations.shape)) / 2
    return half


def _draw_second(
    setting: Setting, rng: np.random.Generator, *, of_dprime: Floats, of_criterion: Floats, of_image: Floats
) -> SecondArm | None:
    """Draw the second arm from the deviations of observers and images in the first."""
    if setting.second_dprime is None:
        return None
    population = replace(setting.population, dprime=setting.second_dprime)
    dprime = population.dprime_at(_half_as_before(of_dprime, rng))
    criterion = population.criterion_at(_half_as_before(of_criterion, rng))
    impressions = impression(
        mean_impression(dprime[:, None], setting.truth.astype(np.float64)),
        of_image=_half_as_before(of_image, rng),
        of_look=rng.standard_normal((setting.observers, len(of_image))),
        noise=setting.noise,
    )
    evidence = impressions - criterion[:, None]
    return SecondArm(dprime, criterion, (evidence > 0).astype(np.int8), ratings(evidence).astype(np.float64))


def _draw_asked(setting: Setting, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw which images each observer is asked about, shape (J, I)."""
    if not setting.asked:
        return np.ones((setting.observers, len(setting.truth)), dtype=bool)
    if setting.of_pool:
        return _draw_from_pool(setting, seed=int(rng.integers(2**53)))
    parts = []
    for count in (setting.perturbed, setting.clean):
        order = rng.permuted(np.tile(np.arange(count), (setting.observers, 1)), axis=1)
        parts.append(order < setting.asked)
    return np.concatenate(parts, axis=1)


def _draw_from_pool(setting: Setting, *, seed: int) -> NDArray[np.bool_]:
    """Deal the images of a pool out as a study does."""
    asked = np.zeros((setting.observers, len(setting.truth)), dtype=bool)
    drawn = draw_pool_sequences(
        [str(image) for image in range(setting.perturbed)],
        n_sequences=setting.observers,
        n_perturbed=setting.asked,
        n_clean=setting.asked,
        prevalence="fixed",
        n_strengths=1,
        always_perturbed=False,
        seed=seed,
    )
    for observer, sequence in enumerate(drawn):
        asked[observer, [int(item.key) + (0 if item.perturbed else setting.perturbed) for item in sequence]] = True
    return asked


def draw_study(setting: Setting, rng: np.random.Generator) -> Study:
    """Draw observers, images and answers."""
    observers, images = setting.observers, setting.perturbed + setting.clean
    of_dprime, of_criterion = rng.standard_normal(observers), rng.standard_normal(observers)
    of_image = rng.standard_normal(images)
    if setting.of_pool:
        of_image[setting.perturbed :] = of_image[: setting.perturbed]
    dprime, criterion = setting.population.dprime_at(of_dprime), setting.population.criterion_at(of_criterion)
    if setting.group_dprime is not None:
        dprime = dprime + np.where(setting.in_second_group, setting.group_dprime - setting.dprime, 0.0)
    looks = rng.standard_normal((observers, images))
    impressions = impression(
        mean_impression(dprime[:, None], setting.truth.astype(np.float64)),
        of_image=of_image,
        of_look=looks,
        noise=setting.noise,
    )
    evidence = impressions - criterion[:, None]
    differences = impression(
        dprime[:, None],
        of_image=rng.standard_normal(images),
        of_look=rng.standard_normal((observers, images)),
        noise=ImpressionNoise(setting.image_sd, sqrt(2)),
    )
    # Where each observer is asked about images of their own there is no second arm.
    of_strengths, of_others = rng.spawn(2)
    log_threshold, noticed = _draw_noticed(setting, of_strengths)
    asked = _draw_asked(setting, of_others)
    return Study(
        setting=setting,
        dprime=dprime,
        criterion=criterion,
        responses=np.where(asked, evidence > 0, MISSING).astype(np.int8),
        ratings=np.where(asked, ratings(evidence), np.nan),
        grades=np.where(asked, grades(evidence + GRADED_FROM), np.nan),
        chosen=differences > 0,
        log_threshold=log_threshold,
        noticed=noticed,
        times=np.exp(LOG_TIME + LOG_TIME_SD * rng.standard_normal(setting.perturbed)),
        second=_draw_second(setting, of_others, of_dprime=of_dprime, of_criterion=of_criterion, of_image=of_image),
        evidence=evidence if setting.repeated else None,
        looks=looks if setting.repeated else None,
        again=rng.spawn(1)[0] if setting.repeated else None,
    )
