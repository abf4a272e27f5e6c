"""PerC-AL: towards the target class while the image is not read so, back to its colours while it is."""

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from django.utils.translation import gettext_noop

from ml.attacks.gradient_based.best_twins import Ask, Offer, search_twins
from ml.attacks.gradient_based.least_visible import LeastVisibleAttack
from ml.attacks.gradient_based.levels import LEVELS, Floats, reach_of, unit_length
from ml.attacks.method import AttackOptions, Perturb
from ml.attacks.target_lead import target_lead
from ml.images.pixels import Pixels, quantise
from ml.networks.network import Network
from ml.options import AttackSettings, setting

if TYPE_CHECKING:
    from ml.networks.gradients.measure_gradient import Measure

# The steps at the end, as shares of those at the beginning: the published program's.
LAST_CLASS_STEP, LAST_COLOUR_STEP = 1 / 100, 1 / 10


@dataclass(frozen=True, slots=True)
class PercAlSettings(AttackSettings):
    """How PerC-AL moves."""

    steps: int = setting(
        1000, gettext_noop("steps; 1,000 as published, and 100 where there is less time"), above=0, at_most=100_000
    )
    class_step: float = setting(
        1.0,
        gettext_noop(
            "length of the first step towards the target class (root of the summed squared change, of channels from "
            "0 to 1); the last is a hundredth of it"
        ),
        above=0,
    )
    colour_step: float = setting(
        0.5,
        gettext_noop("length of the first step back to the image's colours, counted alike; the last is a tenth of it"),
        above=0,
    )


class PercAlAttack(LeastVisibleAttack):
    """Zhao, Liu, Larson 2020, targeted."""

    title: ClassVar[str] = gettext_noop("PerC-AL (Zhao et al. 2020)")
    settings: ClassVar[type[AttackSettings]] = PercAlSettings

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that goes to and fro between the target class and the image's colours."""
        from ml.networks.gradients.input_gradient import loss_gradient
        from ml.networks.gradients.losses import cross_entropy
        from ml.networks.gradients.measure_gradient import measure_for

        gradient_at = loss_gradient(classifier, cross_entropy(options.target))
        colour = measure_for(classifier, "ciede2000")

        def ask(images: Floats) -> tuple[Floats, Floats]:
            gradient, _, logs = gradient_at(images, None)
            return gradient, target_lead(logs, options.target)

        def perturb(images: Floats) -> Floats:
            clean = quantise(images)
            return search_twins(
                clean,
                ask,
                colour.distance,
                lambda left, best: _alternate(clean[left], ask, colour, options, offer=partial(best.offer, left)),
            )

        return perturb


def _alternate(clean: Pixels, ask: Ask, colour: "Measure", options: AttackOptions, *, offer: Offer) -> None:
    """Go towards the target class while an image is not read so, back to its colours while it is; offer every step.

    Algorithm 1 of the paper. The classifier is asked once a step, about the image as it would be saved: this tells
    whether it is read as the target class, and where to go if not.
    """
    settings = options.settings_as(PercAlSettings)
    start = clean.astype(np.float32) / LEVELS
    low, high = reach_of(start, options.strength)
    place = start.copy()
    for step in range(settings.steps + 1):
        shown = np.rint(place * LEVELS)
        gradient, lead = ask(shown / LEVELS)
        fooled = offer(shown, lead)
        if step == settings.steps:
            return
        share = step / settings.steps
        forth, back = np.flatnonzero(~fooled), np.flatnonzero(fooled)
        place[forth] -= _annealed(settings.class_step, LAST_CLASS_STEP, share) * unit_length(gradient[forth])
        if len(back):
            gradient_of_colour, _ = colour.gradient(start[back], place[back])
            place[back] -= _annealed(settings.colour_step, LAST_COLOUR_STEP, share) * unit_length(gradient_of_colour)
        np.clip(place, low, high, out=place)


def _annealed(first: float, last: float, share: float) -> np.float32:
    """Return the length of a step, from the first to a share of it, by half a cosine; `share` of the steps are done."""
    return np.float32(first * (last + (1 - last) * (1 + math.cos(share * math.pi)) / 2))
