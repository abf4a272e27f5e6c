"""What the attacks share that look for the least visible twin that fools: a strength need not bound them."""

from typing import ClassVar

from django.utils.translation import gettext_noop

from ml.attacks.taxonomy import WHITE_BOX, Technique
from ml.attacks.untrained import UntrainedAttack


class LeastVisibleAttack(UntrainedAttack):
    """An attack that goes by the classifier's gradient, and by a distance that is to be small."""

    strength_explained: ClassVar[str] = gettext_noop(
        "largest change to a pixel channel, in levels; 255, as published, is no bound"
    )
    bounded: ClassVar[bool] = True
    techniques: ClassVar[tuple[Technique, ...]] = WHITE_BOX
