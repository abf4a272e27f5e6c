"""SSAH: the meaning is moved to the target class, and the coarse half of the image is kept."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from django.utils.translation import gettext_noop

from ml.attacks.gradient_based.best_twins import Offer, search_twins
from ml.attacks.gradient_based.least_visible import LeastVisibleAttack
from ml.attacks.gradient_based.levels import LEVELS, Floats, reach_of
from ml.attacks.method import AttackOptions, Perturb
from ml.attacks.target_lead import target_lead
from ml.images.pixels import Pixels, quantise
from ml.networks.network import Network
from ml.options import AttackSettings, setting

if TYPE_CHECKING:
    from ml.networks.gradients.input_gradient import LossGradient

# Adam (Kingma & Ba 2015).
MEAN_KEPT, SQUARES_KEPT, SMALL = 0.9, 0.999, 1e-8
# The self-paced weights' margin m, as published.
SIMILARITY_MARGIN = 0.2
# How near to −1 and 1 the hyperbolic tangent of an image comes: beyond, 32 bits know no number it is the tangent of.
INSIDE = np.float32(1 - 3e-7)


@dataclass(frozen=True, slots=True)
class SsahSettings(AttackSettings):
    """How SSAH moves."""

    steps: int = setting(150, gettext_noop("steps of Adam"), above=0, at_most=100_000)
    learning_rate: float = setting(
        1e-3, gettext_noop("Adam's learning rate, of the image's inverse hyperbolic tangent"), above=0
    )
    coarse_penalty: float = setting(
        0.1, gettext_noop("weight of the change in the coarse half of the image (λ)"), at_least=0
    )
    margin: float = setting(
        0.1,
        gettext_noop("by how much (in log-probability) the target class is to lead before only the image is kept"),
        at_least=0,
    )


class SsahAttack(LeastVisibleAttack):
    """Luo, Lin, Xie, Wu, Xie, Shen 2022, targeted: low frequencies as published, likeness of meaning after it."""

    title: ClassVar[str] = gettext_noop("SSAH (after Luo et al. 2022)")
    settings: ClassVar[type[AttackSettings]] = SsahSettings

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that moves what is fine in an image."""
        from ml.networks.gradients.input_gradient import loss_gradient
        from ml.networks.gradients.losses import similarity

        likeness_at = loss_gradient(classifier, similarity(options.target, margin=SIMILARITY_MARGIN))

        def ask(images: Floats) -> tuple[Floats, Floats]:
            gradient, _, logs = likeness_at(images, None)
            return gradient, target_lead(logs, options.target)

        def perturb(images: Floats) -> Floats:
            clean = quantise(images)
            return search_twins(
                clean,
                ask,
                coarse_change,
                lambda left, best: _move(clean[left], likeness_at, options, offer=partial(best.offer, left)),
            )

        return perturb


def coarse_half(images: Floats) -> Floats:
    """Return images of their low frequencies alone: the inverse Haar wavelet transform of the LL band.

    That is the mean of each square of 2 × 2 pixels, at each of its pixels. Squares that an odd side cuts have the mean
    of the pixels that they have.

    Parameters
    ----------
    images
        float32 array of shape (n, height, width, channels).
    """
    _, height, width, _ = images.shape
    rows, columns = np.arange(0, height, 2), np.arange(0, width, 2)
    sums = np.add.reduceat(np.add.reduceat(images, rows, axis=1), columns, axis=2)
    counts = np.minimum(height - rows, 2)[:, None] * np.minimum(width - columns, 2)
    means = sums / counts[None, :, :, None].astype(np.float32)
    coarse: Floats = means.repeat(2, axis=1)[:, :height].repeat(2, axis=2)[:, :, :width]
    return coarse


def coarse_change(start: Floats, changed: Floats) -> Floats:
    """Return the loss of low frequencies of each image: the summed smooth L1 norm of the change of its coarse half.

    As channels go from 0 to 1, no change is beyond 1, and smooth L1 is half the square.

    Parameters
    ----------
    start, changed
        float32 arrays of shape (n, height, width, channels), in [0, 1].
    """
    change = coarse_half(changed) - coarse_half(start)
    squares = np.square(change.reshape(len(change), -1), dtype=np.float64).sum(axis=1)
    losses: Floats = (squares / 2).astype(np.float32)
    return losses


def _move(clean: Pixels, likeness_at: "LossGradient", options: AttackOptions, *, offer: Offer) -> None:
    """Move the reading to the target class while the coarse half of the image is kept; offer every step.

    The variable is the image's inverse hyperbolic tangent, so that no step leaves [0, 1]. Where the target class leads
    by the margin, the likeness of meaning has no weight: the paper's loss ends there at 0.
    """
    settings = options.settings_as(SsahSettings)
    start = clean.astype(np.float32) / LEVELS
    low, high = reach_of(start, options.strength)
    free = np.arctanh(INSIDE * (2 * start - 1))
    low, high = np.arctanh(INSIDE * (2 * low - 1)), np.arctanh(INSIDE * (2 * high - 1))
    mean, squares = np.zeros_like(start), np.zeros_like(start)
    _, _, said = likeness_at(start, None)
    for step in range(settings.steps + 1):
        bent = np.tanh(free)
        place = (bent + 1) / 2
        shown = np.rint(place * LEVELS)
        gradient, _, logs = likeness_at(shown / LEVELS, said)
        lead = target_lead(logs, options.target)
        fooled = offer(shown, lead)
        if step == settings.steps:
            return
        gradient[fooled & (lead >= settings.margin)] = 0
        # Of the smooth L1 norm of the coarse half, the slope at a pixel is its coarse half.
        gradient += np.float32(settings.coarse_penalty) * coarse_half(place - start)
        gradient *= (1 - bent * bent) / 2
        mean = np.float32(MEAN_KEPT) * mean + np.float32(1 - MEAN_KEPT) * gradient
        squares = np.float32(SQUARES_KEPT) * squares + np.float32(1 - SQUARES_KEPT) * gradient * gradient
        step_mean = mean / np.float32(1 - MEAN_KEPT ** (step + 1))
        step_size = np.sqrt(squares / np.float32(1 - SQUARES_KEPT ** (step + 1))) + np.float32(SMALL)
        free = np.clip(free - np.float32(settings.learning_rate) * step_mean / step_size, low, high)
