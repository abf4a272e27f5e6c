"""Projected gradient descent: many small steps towards the target class, never further than the strength."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from django.utils.translation import gettext, gettext_noop
from numpy.typing import NDArray

from ml.attacks.gradient_based.stopping import ONCE_READ, margin_setting, stop_setting, without_idle_margin
from ml.attacks.image_randomness import randomness_of
from ml.attacks.method import AttackOptions, Perturb
from ml.attacks.target_lead import target_lead
from ml.attacks.taxonomy import WHITE_BOX, Technique
from ml.attacks.untrained import UntrainedAttack
from ml.errors import MlError
from ml.images.pixels import Pixels, quantise
from ml.networks.network import Network
from ml.options import OFF, ON, AttackSettings, SettingValue, setting
from perception.core.formatting import localized

GradientAt = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class PgdSettings(AttackSettings):
    """How PGD moves."""

    steps: int = setting(20, gettext_noop("steps at most"), above=0)
    step_size: float = setting(0.125, gettext_noop("length of a step, as a share of the strength"), above=0, at_most=1)
    random_start: str = setting(
        OFF,
        gettext_noop(
            "whether it starts from a random place within the strength, as published; from the image itself, it "
            "changes less where it stops early"
        ),
        choices=(ON, OFF),
    )
    stop: str = stop_setting()
    margin: float = margin_setting()

    def of_the_method(self) -> dict[str, SettingValue]:
        """Return all of them, without a margin that nothing asks for."""
        return without_idle_margin(AttackSettings.of_the_method(self))


class PgdAttack(UntrainedAttack):
    """Madry, Makelov, Schmidt, Tsipras, Vladu 2018, targeted."""

    title: ClassVar[str] = gettext_noop("PGD (Madry et al. 2018)")
    strength_explained: ClassVar[str] = gettext_noop("largest change to a pixel channel, in levels")
    bounded: ClassVar[bool] = True
    techniques: ClassVar[tuple[Technique, ...]] = WHITE_BOX
    settings: ClassVar[type[AttackSettings]] = PgdSettings

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that moves images step by step.

        Raises
        ------
        MlError
            All steps together are too short to be seen in an 8-bit image.
        """
        from ml.networks.gradients.input_gradient import target_gradient

        settings = options.settings_as(PgdSettings)
        furthest = settings.steps * settings.step_size * math.floor(options.strength)
        if furthest < 1:
            raise MlError(
                gettext(
                    "%(steps)s steps (--steps) of %(step_size)s (--step-size) of a strength of %(strength)s move "
                    "a channel by %(furthest)s levels, which 8-bit images cannot show; at least 1 is needed."
                )
                % {
                    "steps": settings.steps,
                    "step_size": localized(f"{settings.step_size:g}"),
                    "strength": localized(f"{options.strength:g}"),
                    "furthest": localized(f"{furthest:g}"),
                }
            )

        gradient_at = target_gradient(classifier, target=options.target)
        return lambda images: _descend(quantise(images), gradient_at, options)


def _descend(clean: Pixels, gradient_at: GradientAt, options: AttackOptions) -> NDArray[np.float32]:
    """Return the most convincing 8-bit image on the way of each.

    The gradient is taken at the 8-bit image that would be saved, and what has not yet made a whole level is carried
    on: so a twin that leads here leads in its file too. Every image is changed, those already read as the target
    class too: a perturbed twin that is the clean image would be a false stimulus.
    """
    settings = options.settings_as(PgdSettings)
    reach = np.float32(math.floor(options.strength))
    start = clean.astype(np.float32)
    low, high = np.maximum(start - reach, np.float32(0)), np.minimum(start + reach, np.float32(255))
    place = np.clip(start + _first_moves(clean, reach, options), low, high)
    best, best_lead = start.copy(), np.full(len(clean), -np.inf, dtype=np.float32)
    moving = np.arange(len(clean))
    for step in range(settings.steps + 1):
        shown = np.rint(place[moving])
        gradient, logs = gradient_at(shown / np.float32(255))
        lead = target_lead(logs, options.target)
        changed = (shown != start[moving]).any(axis=(1, 2, 3))
        better = changed & (lead > best_lead[moving])
        best[moving[better]], best_lead[moving[better]] = shown[better], lead[better]
        if settings.stop == ONCE_READ:
            going = ~(changed & (lead >= settings.margin))
            moving, gradient = moving[going], gradient[going]
        if step == settings.steps or not len(moving):
            break
        moved = place[moving] - np.float32(settings.step_size) * reach * np.sign(gradient)
        place[moving] = np.clip(moved, low[moving], high[moving])
    return best / np.float32(255)


def _first_moves(clean: Pixels, reach: np.float32, options: AttackOptions) -> NDArray[np.float32]:
    if options.settings_as(PgdSettings).random_start == OFF:
        return np.zeros(clean.shape, dtype=np.float32)
    moves = [randomness_of(image, options.seed).uniform(-reach, reach, image.shape) for image in clean]
    return np.stack(moves).astype(np.float32)
