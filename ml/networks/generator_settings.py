"""How the generator of perturbations is built and trained, as options; knows no Keras."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_noop

from ml.options import OFF, ON, AttackSettings, setting

LOSSES = ("log-cross-entropy", "margin")


DRAWS = ("as-they-come", "classes-alike")


UPSAMPLINGS = ("transposed", "resize")


@dataclass(frozen=True, slots=True)
class GeneratorSettings(AttackSettings):
    """How the generator is built and trained."""

    of_the_network: ClassVar[tuple[str, ...]] = ("upsampling", "filters")
    of_the_training: ClassVar[tuple[str, ...]] = (
        "steps",
        "batch_size",
        "draw",
        "turn",
        "learning_rate",
        "margin",
        "size_penalty",
        "smoothness_penalty",
        "ssim_penalty",
        "eye_penalty",
        "colour_penalty",
        "contrast_penalty",
        "pixels_per_degree",
    )

    steps: int = setting(300, gettext_noop("batches to learn from"), above=0)
    batch_size: int = setting(16, gettext_noop("images a batch"), above=0)
    draw: str = setting(
        "as-they-come",
        gettext_noop(
            "which images a batch holds: as many of a class as there are, or of every class alike, so that rare "
            "ones are learnt too"
        ),
        choices=DRAWS,
    )
    turn: str = setting(
        OFF,
        gettext_noop(
            "whether the images learnt from are mirrored and turned by quarters at random, so that rare classes "
            "are seen from more sides"
        ),
        choices=(ON, OFF),
    )
    learning_rate: float = setting(
        3e-3, gettext_noop("Adam's learning rate at the start; it falls to nothing"), above=0
    )
    loss: str = setting(
        "log-cross-entropy",
        gettext_noop(
            "what is made small: the logarithm of the cross-entropy to the target class, as published, or the "
            "margin by which another class leads, which leaves an image alone once it is read as the target class"
        ),
        choices=LOSSES,
    )
    margin: float = setting(
        1.0,
        gettext_noop("with the loss `margin`: by how much (in log-probability) the target class is to lead"),
        at_least=0,
    )
    size_penalty: float = setting(0.0, gettext_noop("weight of the mean squared change, in levels²"), at_least=0)
    smoothness_penalty: float = setting(
        0.0, gettext_noop("weight of the mean squared step of the change from pixel to pixel, in levels²"), at_least=0
    )
    ssim_penalty: float = setting(
        0.0, gettext_noop("weight of 1 − SSIM: less change where the image is plain"), at_least=0
    )
    eye_penalty: float = setting(
        0.0,
        gettext_noop(
            "weight of the mean squared change as an eye averages it, in levels²: fine patterns of colour cost "
            "little, coarse ones and those of light cost all"
        ),
        at_least=0,
    )
    colour_penalty: float = setting(
        0.0,
        gettext_noop("weight of the mean squared difference of colours (CIEDE2000), pixel by pixel"),
        at_least=0,
    )
    contrast_penalty: float = setting(
        0.0,
        gettext_noop(
            "weight of the mean squared contrast of the change, in per cent², by how well an eye sees patterns of its "
            "fineness (contrast sensitivity)"
        ),
        at_least=0,
    )
    pixels_per_degree: float = setting(
        30.0,
        gettext_noop("with a contrast penalty: pixels a degree of sight, as the images are shown"),
        above=0,
    )
    upsampling: str = setting(
        "transposed",
        gettext_noop(
            "how the drawing is enlarged: transposed convolutions, as published, which leave a pattern of small "
            "squares, or resizing and convolution, which does not"
        ),
        choices=UPSAMPLINGS,
    )
    filters: int = setting(12, gettext_noop("channels of the first convolution"), above=0)
