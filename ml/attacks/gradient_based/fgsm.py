"""The fast gradient sign method: one step of the whole strength towards the target class."""

import math
from typing import ClassVar

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from ml.attacks.method import AttackOptions, Perturb
from ml.attacks.taxonomy import WHITE_BOX, Technique
from ml.attacks.untrained import UntrainedAttack
from ml.networks.network import Network
from ml.options import AttackSettings


class FgsmAttack(UntrainedAttack):
    """Goodfellow, Shlens, Szegedy 2015, targeted."""

    title: ClassVar[str] = gettext_noop("FGSM (Goodfellow et al. 2015)")
    strength_explained: ClassVar[str] = gettext_noop("change to every pixel channel, in levels")
    bounded: ClassVar[bool] = True
    techniques: ClassVar[tuple[Technique, ...]] = WHITE_BOX
    settings: ClassVar[type[AttackSettings]] = AttackSettings

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that moves each channel by the strength, down the slope of the cross-entropy."""
        from ml.networks.gradients.input_gradient import target_gradient

        gradient_at = target_gradient(classifier, target=options.target)
        step = np.float32(math.floor(options.strength) / 255)

        def perturb(images: NDArray[np.float32]) -> NDArray[np.float32]:
            gradient, _ = gradient_at(images)
            return np.clip(images - step * np.sign(gradient), np.float32(0), np.float32(1))

        return perturb
