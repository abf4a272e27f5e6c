"""The least change by a chosen measure that makes the classifier say the target class: an augmented Lagrangian."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from ml.attacks.gradient_based.best_twins import search_twins
from ml.attacks.gradient_based.least_visible import LeastVisibleAttack
from ml.attacks.gradient_based.levels import LEVELS, Floats, reach_of, unit_length
from ml.attacks.image_randomness import randomness_of
from ml.attacks.method import AttackOptions, Perturb
from ml.attacks.target_lead import target_lead
from ml.images.pixels import Pixels, quantise
from ml.networks.network import Network
from ml.options import AttackSettings, setting

if TYPE_CHECKING:
    from ml.networks.gradients.input_gradient import LossGradient
    from ml.networks.gradients.measure_gradient import Measure

Doubles = NDArray[np.float64]
OfferOfSome = Callable[[NDArray[np.int64], Floats, Floats], NDArray[np.bool_]]
"""Which images, twins of them in whole levels, by how much the target class leads → which differ and fool."""

FIRST_DISTANCES = {"ssim": 1e-4, "l2": 0.1}
"""Measure → how far the first step goes; as published (ε)."""
FIRST_COLOUR_DIFFERENCE = 0.125
"""ΔE00 of the first step, root mean square over pixels. The published 0.05 for the root of the sum is a thousandth of a
level: steps so short find a change of less than a level, which saving in 8 bits undoes, and time runs out."""
# As published: share of the first step's length that the last has; steps between two checks of the constraint (M), by
# how much it is to have got nearer (τ), and by how much it counts more where it has not (γ); the multiplier's bounds.
LAST_STEP = 0.01
CHECKED_EVERY = 10
NEARER = 0.95
HARDER = 1.2
MULTIPLIERS = (1e-6, 1e12)
# An image that nothing fools is asked ever harder. What comes of it stays a number, squared in 32 bits, too.
HEAVIEST, STEEPEST, LONGEST = 1e12, 1e17, np.float32(1e30)
# By how much the target class is to lead, so that rounding in another program does not turn the reading.
MARGIN = 1e-4
# A direction shorter than this has none; a random one is taken.
SHORTEST = 1e-6
DOUBLINGS, HALVINGS = 40, 20
# How far a step moves a channel at most, one level: where the first slopes are small, RMSProp would leap later on.
FURTHEST = np.float32(1) / LEVELS


@dataclass(frozen=True, slots=True)
class LeastChangeSettings(AttackSettings):
    """What is to be small, and how it is looked for."""

    distance: str = setting(
        "ciede2000",
        gettext_noop(
            "what is to be small: the difference of colours (CIEDE2000, root of the sum of squares over pixels), "
            "1 − SSIM, or the Euclidean norm of the change"
        ),
        choices=("ciede2000", "ssim", "l2"),
    )
    steps: int = setting(
        1000, gettext_noop("steps; 1,000 as published, and 100 where there is less time"), above=0, at_most=100_000
    )
    smoothing: float = setting(
        0.9,
        gettext_noop("share of the past in each running average; 0.9 as published, and 0.5 with 100 steps"),
        at_least=0,
        at_most=0.999,
    )


class LeastChangeAttack(LeastVisibleAttack):
    """After ALMA: Rony, Granger, Pedersoli, Ben Ayed 2021, targeted."""

    title: ClassVar[str] = gettext_noop("least change (after ALMA, Rony et al. 2021)")
    settings: ClassVar[type[AttackSettings]] = LeastChangeSettings

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that looks for the least change.

        Raises
        ------
        MlError
            The images are too small for the measure.
        """
        from ml.networks.gradients.input_gradient import loss_gradient
        from ml.networks.gradients.losses import logits_ratio
        from ml.networks.gradients.measure_gradient import measure_for

        settings = options.settings_as(LeastChangeSettings)
        measure = measure_for(classifier, settings.distance)
        constraint_at = loss_gradient(classifier, logits_ratio(options.target, margin=MARGIN))

        def ask(images: Floats) -> tuple[Floats, Floats]:
            gradient, _, logs = constraint_at(images, None)
            return gradient, target_lead(logs, options.target)

        def perturb(images: Floats) -> Floats:
            clean = quantise(images)
            return search_twins(
                clean,
                ask,
                measure.distance,
                lambda left, best: _search(
                    clean[left],
                    constraint_at,
                    measure,
                    options,
                    offer=lambda some, shown, leads: best.offer(left[some], shown, leads),
                ),
            )

        return perturb


def _search(
    clean: Pixels, constraint_at: "LossGradient", measure: "Measure", options: AttackOptions, *, offer: OfferOfSome
) -> None:
    """Look for the change that is read as the target class at the least distance; offer every step.

    Gradient descent on distance plus penalty, where the penalty's multiplier follows how far
    the constraint (the ratio of logits is below 0) is from holding: before rounding, as published, and after it, too,
    for an image that is saved in 8 bits is to fool. Slopes are those before rounding.
    """
    settings = options.settings_as(LeastChangeSettings)
    start = clean.astype(np.float32) / LEVELS
    low, high = reach_of(start, options.strength)
    place = start.copy()
    kept_share = np.float32(settings.smoothing)
    squares, velocity = np.ones_like(start), np.zeros_like(start)
    first_step: Floats = np.zeros(len(clean), dtype=np.float32)
    found_at = np.full(len(clean), settings.steps + 1)
    multiplier: Doubles = np.ones(len(clean))
    weight: Doubles = np.ones(len(clean))
    checked: Doubles = np.zeros(len(clean))
    for step in range(settings.steps + 1):
        gradient, lack_before, _ = constraint_at(place, None)
        lack: Doubles = lack_before.astype(np.float64)
        # Before rounding the target class is read: after it, too? Asked of all at the end, for the nearest attempt.
        asked = np.flatnonzero(lack < 0) if step < settings.steps else np.arange(len(clean))
        if len(asked):
            shown = np.rint(place[asked] * LEVELS)
            _, lack_of_shown, logs = constraint_at(shown / LEVELS, None)
            fooled = offer(asked, shown, target_lead(logs, options.target))
            found_at[asked] = np.where(fooled & (found_at[asked] > step), step, found_at[asked])
            lack[asked] = np.maximum(lack[asked], lack_of_shown)
        if step == settings.steps:
            return
        if step == 0:
            checked = lack
        elif (step + 1) % CHECKED_EVERY == 0:
            on_the_way = (found_at <= step) | (lack < NEARER * checked)
            weight = np.where(on_the_way, weight, np.minimum(HARDER * weight, HEAVIEST))
            first_step = np.where(on_the_way, first_step, np.minimum(np.float32(HARDER) * first_step, LONGEST))
            checked = lack
        if step:
            followed = settings.smoothing * multiplier + (1 - settings.smoothing) * _slope(lack, weight, multiplier)
            multiplier = np.clip(followed, *MULTIPLIERS)
        direction = gradient * _slope(lack, weight, multiplier).astype(np.float32)[:, None, None, None]
        if step == 0:
            direction = _some_direction(direction, clean, options.seed)
            wanted = _first_distance(settings.distance, pixels=clean.shape[1] * clean.shape[2])
            first_step = _first_step(start, direction, low, high, measure, wanted)
        else:
            direction = direction + measure.gradient(start, place)[0]
        squares = kept_share * squares + (1 - kept_share) * np.square(direction)
        velocity = kept_share * velocity + direction / (np.sqrt(squares) + np.float32(1e-8))
        done = np.maximum(step - found_at, 0) / np.maximum(settings.steps - found_at, 1)
        length = (first_step * LAST_STEP**done).astype(np.float32)
        move = length[:, None, None, None] * velocity
        furthest = np.abs(move).max(axis=(1, 2, 3), keepdims=True)
        move /= np.maximum(furthest / FURTHEST, np.float32(1))
        np.clip(place - move, low, high, out=place)


def _slope(lack: Doubles, weight: Doubles, multiplier: Doubles) -> Doubles:
    """Return the derivative, by the constraint y, of the penalty P₂(y, ρ, μ) of the paper.

    P₂ = μ y + μ ρ y² + ρ² y³ / 6 where y ≥ 0, μ y / (1 − ρ y) else. No more than `STEEPEST`.
    """
    above, below = np.maximum(lack, 0), np.minimum(lack, 0)
    rising = multiplier + 2 * multiplier * weight * above + np.square(weight * above) / 2
    return np.minimum(np.where(lack >= 0, rising, multiplier / np.square(1 - weight * below)), STEEPEST)


def _some_direction(directions: Floats, clean: Pixels, seed: int) -> Floats:
    """Return the directions, a random one of length 1 where there is none."""
    lengths = np.sqrt(np.square(directions, dtype=np.float64).sum(axis=(1, 2, 3)))
    found = directions.copy()
    for place in np.flatnonzero(lengths <= SHORTEST):
        drawn = randomness_of(clean[place], seed).normal(size=clean[place].shape).astype(np.float32)
        found[place] = unit_length(drawn[None])[0]
    return found


def _first_distance(measure: str, *, pixels: int) -> float:
    """Return how far the first step is to go; by colours, a root of a sum over pixels, further in a larger image."""
    return FIRST_COLOUR_DIFFERENCE * sqrt(pixels) if measure == "ciede2000" else FIRST_DISTANCES[measure]


def _first_step(
    start: Floats, direction: Floats, low: Floats, high: Floats, measure: "Measure", wanted: float
) -> Floats:
    """Return how many times its direction each image is to be moved to be as far as wanted: by doubling, then halving.

    One that cannot get so far within the strength is moved as far as the doubling went.
    """

    def beyond(times: Floats) -> NDArray[np.bool_]:
        moved = np.clip(start - times[:, None, None, None] * direction, low, high)
        return measure.distance(start, moved) > wanted

    lower: Floats = np.zeros(len(start), dtype=np.float32)
    upper: Floats = np.ones(len(start), dtype=np.float32)
    for _ in range(DOUBLINGS):
        far = beyond(upper)
        if far.all():
            break
        lower, upper = np.where(far, lower, upper), np.where(far, upper, np.float32(2) * upper)
    for _ in range(HALVINGS):
        middle = (lower + upper) / np.float32(2)
        far = beyond(middle)
        lower, upper = np.where(far, lower, middle), np.where(far, middle, upper)
    return (lower + upper) / np.float32(2)
