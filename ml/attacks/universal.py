"""One change for all images: the generator's network is given fixed noise instead of the image."""

import io
from typing import ClassVar

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from ml.attacks.method import AttackOptions, Perturb, TrainedAttack
from ml.attacks.taxonomy import WHITE_BOX, Technique
from ml.errors import MlError
from ml.images.pixels import Pixels
from ml.networks.generator_settings import GeneratorSettings
from ml.networks.network import Network
from ml.options import AttackSettings
from perception.core.progress import KeptState, Progress


class UniversalAttack:
    """The universal perturbation of Poursaeed et al. 2018: the network draws it once, from noise."""

    title: ClassVar[str] = gettext_noop("universal (Poursaeed et al. 2018)")
    strength_explained: ClassVar[str] = gettext_noop(
        "largest change to a pixel channel, in levels; the same change for all images"
    )
    learns: ClassVar[bool] = True
    can_start_from: ClassVar[bool] = False  # what is kept is the change, not the network that drew it
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
        """Train the network that draws the change; what is kept is the change itself."""
        from ml.networks.architectures.generator import build_generator
        from ml.networks.training.generator import fit_generator

        settings = options.settings_as(GeneratorSettings)
        side = images.shape[1]
        noise = np.random.default_rng(options.seed).random((1, side, side, 3), dtype=np.float32)
        generator = build_generator(
            image_size=side, strength=options.strength, filters=settings.filters, upsampling=settings.upsampling
        )
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
            drawn_from=noise,
        )
        out = io.BytesIO()
        np.save(out, np.asarray(generator.predict_on_batch(noise), dtype=np.float32), allow_pickle=False)
        return TrainedAttack(out.getvalue(), history)

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that adds the one change to images."""
        try:
            change = np.load(io.BytesIO(weights), allow_pickle=False)
        except (ValueError, EOFError, OSError) as error:
            raise MlError(f"The change that {source} makes cannot be read: {error}") from error
        return lambda images: np.clip(images + change, np.float32(0), np.float32(1))
