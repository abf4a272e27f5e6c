"""The paper's attack: a network that draws, for each image, a change that makes the classifier say the target class."""

from typing import ClassVar

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from ml.attacks.method import AttackOptions, Perturb, TrainedAttack
from ml.attacks.taxonomy import WHITE_BOX, Technique
from ml.images.pixels import Pixels
from ml.networks.generator_settings import GeneratorSettings
from ml.networks.network import Network
from ml.options import AttackSettings
from perception.core.progress import KeptState, Progress


class GeneratorAttack:
    """Generative adversarial perturbations: Poursaeed, Katsman, Gao, Belongie 2018, targeted and image-dependent."""

    title: ClassVar[str] = gettext_noop("generator (Poursaeed et al. 2018)")
    strength_explained: ClassVar[str] = gettext_noop("largest change to a pixel channel, in levels")
    learns: ClassVar[bool] = True
    can_start_from: ClassVar[bool] = True
    asks_classifier: ClassVar[bool] = False
    bounded: ClassVar[bool] = True
    techniques: ClassVar[tuple[Technique, ...]] = WHITE_BOX
    settings: ClassVar[type[AttackSettings]] = GeneratorSettings

    def train(
        self,
        classifier: Network,
        images: Pixels,
        labels: NDArray[np.int64],
        options: AttackOptions,
        *,
        progress: Progress,
        checkpoint: KeptState,
    ) -> TrainedAttack:
        """Train a generator; the classifier's weights stay as they are."""
        from ml.networks.architectures.generator import build_generator
        from ml.networks.saved_network import copy_weights, network_to_bytes
        from ml.networks.training.generator import fit_generator

        settings = options.settings_as(GeneratorSettings)
        generator = build_generator(
            image_size=images.shape[1],
            strength=options.strength,
            filters=settings.filters,
            upsampling=settings.upsampling,
        )
        if options.start:
            copy_weights(options.start, generator, source="the attack to start from")
        history = fit_generator(
            generator,
            classifier,
            images,
            labels,
            target=options.target,
            settings=settings,
            seed=options.seed,
            progress=progress,
            checkpoint=checkpoint,
        )
        return TrainedAttack(network_to_bytes(generator), history)

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that adds the generator's change to images."""
        from ml.networks.prediction import adding_changes_of
        from ml.networks.saved_network import network_from_bytes

        return adding_changes_of(network_from_bytes(weights, source=source))
