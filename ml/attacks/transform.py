"""No perturbation at all: the picture as another photographer might have taken it, turned, nearer, brighter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from django.utils.translation import gettext, gettext_noop
from numpy.typing import NDArray

from ml.attacks.image_randomness import randomness_of
from ml.attacks.method import AttackOptions, Perturb
from ml.attacks.target_lead import target_lead
from ml.attacks.taxonomy import BLACK_BOX, Technique
from ml.attacks.untrained import UntrainedAttack
from ml.errors import MlError
from ml.images.pixels import Pixels, quantise
from ml.images.transformation import Transformation, transform
from ml.networks.network import Network
from ml.options import OFF, ON, AttackSettings, setting

# Transformed images in memory at one time.
AT_ONE_TIME = 32

Read = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class TransformSettings(AttackSettings):
    """What is varied, and how often it is tried."""

    trials: int = setting(
        32, gettext_noop("transformations tried of each image, from slight to the whole strength"), above=0
    )
    rotation: str = setting(ON, gettext_noop("whether the picture is turned"), choices=(ON, OFF))
    zoom: str = setting(ON, gettext_noop("whether it is enlarged or shrunk"), choices=(ON, OFF))
    brightness: str = setting(ON, gettext_noop("whether it is made lighter or darker"), choices=(ON, OFF))
    contrast: str = setting(ON, gettext_noop("whether its contrast is changed"), choices=(ON, OFF))

    def __post_init__(self) -> None:
        """Refuse to vary nothing."""
        if OFF == self.rotation == self.zoom == self.brightness == self.contrast:
            raise MlError(gettext("One of --rotation, --zoom, --brightness and --contrast is to be on."))


class TransformAttack(UntrainedAttack):
    """What Navarrete-Dechent et al. 2018 did by hand, as a random search."""

    title: ClassVar[str] = gettext_noop("transform (after Navarrete-Dechent et al. 2018)")
    strength_explained: ClassVar[str] = gettext_noop(
        "s: brightness by up to s levels, contrast that moves black and white by up to s levels, rotation by "
        "up to s degrees, zoom by up to s per cent, each either way"
    )
    bounded: ClassVar[bool] = False
    techniques: ClassVar[tuple[Technique, ...]] = BLACK_BOX
    settings: ClassVar[type[AttackSettings]] = TransformSettings

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that searches, image by image, asking for many transformations at one time."""
        from ml.networks.log_probabilities import log_probability_predictor

        read = log_probability_predictor(classifier)

        def perturb(images: NDArray[np.float32]) -> NDArray[np.float32]:
            found = [_search(image, read, options) for image in quantise(images)]
            return np.stack(found).astype(np.float32) / np.float32(255)

        return perturb


def _search(image: Pixels, read: Read, options: AttackOptions) -> Pixels:
    """Return the transformed image that fools with the smallest change; where none does, the one nearest to it."""
    drawn = _draw(image, options)
    best, best_rank = image, (-np.inf, -np.inf)
    for start in range(0, len(drawn), AT_ONE_TIME):
        tried = transform(image, drawn[start : start + AT_ONE_TIME])
        leads = target_lead(read(tried.astype(np.float32) / np.float32(255)), options.target)
        for one, lead in zip(tried, leads, strict=True):
            change = float(np.mean(np.square(one.astype(np.float32) - image)))
            rank = (1.0, -change) if lead > 0 else (0.0, float(lead))
            if rank > best_rank:
                best, best_rank = one, rank
    return best


def _draw(image: Pixels, options: AttackOptions) -> list[Transformation]:
    """Draw the transformations, each a little stronger than the one before."""
    settings = options.settings_as(TransformSettings)
    switches = [settings.rotation, settings.zoom, settings.brightness, settings.contrast]
    varied = np.array([word == ON for word in switches], dtype=np.float64)
    shares = randomness_of(image, options.seed).uniform(-1, 1, (settings.trials, len(switches))) * varied
    strengths = options.strength * np.arange(1, settings.trials + 1) / settings.trials
    return [
        Transformation.of_shares(*map(float, share), strength=float(strength))
        for share, strength in zip(shares, strengths, strict=True)
    ]
