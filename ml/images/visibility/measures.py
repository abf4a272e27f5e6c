"""The measures of visibility that are taken of every pair: their names, units and digits, and the measuring."""

import importlib.metadata
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext_noop

from ml.images.pixels import Pixels
from ml.images.visibility import ssimulacra2 as ssimulacra2_module
from ml.images.visibility.colorvideovdp import ColorVideoVdp
from ml.images.visibility.colour_difference import colour_difference_map
from ml.images.visibility.flip import flip_map
from perception.analysis.visibility.measures import EXTRAS, SMALLER_IS_MORE_VISIBLE

JUST_NOTICED = 1.0
"""ΔE00 above which a pixel counts as changed to the eye."""
PACKAGES = ("scikit-image", "flip-evaluator", "numpy", "scipy")


@dataclass(frozen=True, slots=True)
class PairMeasures:
    """What is measured between two 8-bit images. The names are the columns of `ml.models.PairVisibility`."""

    ciede2000_mean: float
    """Mean ΔE00 over the pixels, at least 0."""
    ciede2000_p95: float
    """95th percentile of ΔE00 over the pixels (linear interpolation), at least 0."""
    ciede2000_above_1: float
    """Share of the pixels whose ΔE00 is above 1, 0 to 1."""
    flip: float
    """Mean FLIP error over the pixels, 0 to 1."""
    ssimulacra2: float | None
    """Score, at most 100; None where a side is below 113 pixels."""
    colorvideovdp: float | None = None
    """Just-objectionable differences, at most 10; None where it was not asked for."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure, as pages, tables and exports name it."""

    key: str
    """The field of `PairMeasures`, and the column in exports."""
    name: str
    description: str
    digits: int
    low: float
    """The least value that it can have."""
    high: float
    """The largest; infinity where there is none."""

    @property
    def more_is_more_visible(self) -> bool:
        """Whether the measure grows with the change."""
        return self.key not in SMALLER_IS_MORE_VISIBLE

    @property
    def asks_for_distance(self) -> bool:
        """Whether it depends on how many pixels a degree of the visual angle holds."""
        return self.key in {"flip", "colorvideovdp"}

    @property
    def is_extra(self) -> bool:
        """Whether it is taken only where a site has set it up."""
        return self.key in EXTRAS


MEASURES = (
    Measure(
        "ciede2000_mean",
        gettext_noop("ΔE00, mean"),
        gettext_noop(
            "colour difference CIEDE2000, mean over the pixels; around 1 is just noticed between large patches"
        ),
        2,
        0.0,
        np.inf,
    ),
    Measure(
        "ciede2000_p95",
        gettext_noop("ΔE00, 95th percentile"),
        gettext_noop("colour difference CIEDE2000 that one pixel of twenty exceeds"),
        2,
        0.0,
        np.inf,
    ),
    Measure(
        "ciede2000_above_1",
        gettext_noop("ΔE00, share above 1"),
        gettext_noop("share of the pixels whose colour difference CIEDE2000 is above 1"),
        3,
        0.0,
        1.0,
    ),
    Measure(
        "flip",
        "FLIP",
        gettext_noop("difference seen when the images alternate, mean over the pixels; 0 is none, 1 the largest"),
        4,
        0.0,
        1.0,
    ),
    Measure(
        "ssimulacra2",
        "SSIMULACRA2",
        gettext_noop("quality score; 100 is alike, 90 visually lossless, 80 very high, 70 high, 50 medium, 30 low"),
        1,
        -np.inf,
        100.0,
    ),
    Measure(
        "colorvideovdp",
        "ColorVideoVDP",
        gettext_noop(
            "quality score in just-objectionable differences; 10 is no difference, and of two images 1 apart three of "
            "four people choose the higher one"
        ),
        3,
        -np.inf,
        10.0,
    ),
)

MEASURE_OF = {measure.key: measure for measure in MEASURES}

# Of its author, for scores from the first number on.
SSIMULACRA2_WORDS = (
    (90.0, gettext_noop("visually lossless")),
    (80.0, gettext_noop("very high quality")),
    (70.0, gettext_noop("high quality")),
    (50.0, gettext_noop("medium quality")),
    (30.0, gettext_noop("low quality")),
)
LOWEST_WORD = gettext_noop("very low quality")


def measure_visibility(
    clean: Pixels, perturbed: Pixels, *, pixels_per_degree: float, colorvideovdp: ColorVideoVdp | None = None
) -> PairMeasures:
    """Measure how visible the change from one 8-bit image to the other is.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (height, width, 3), sRGB.
    pixels_per_degree
        How the images are viewed; of these measures FLIP asks for it.
    colorvideovdp
        What scores by ColorVideoVDP, for images viewed so too; None leaves it out.

    Raises
    ------
    ValueError
        The shapes differ, or `pixels_per_degree` is not above 0.
    MlError
        ColorVideoVDP's process ended.
    """
    differences = colour_difference_map(clean, perturbed)
    is_large_enough = min(clean.shape[:2]) >= ssimulacra2_module.SMALLEST_SIDE
    return PairMeasures(
        ciede2000_mean=float(differences.mean()),
        ciede2000_p95=float(np.quantile(differences, 0.95)),
        ciede2000_above_1=float(np.mean(differences > JUST_NOTICED)),
        flip=float(flip_map(clean, perturbed, pixels_per_degree=pixels_per_degree).mean(dtype=np.float64)),
        ssimulacra2=ssimulacra2_module.ssimulacra2(clean, perturbed) if is_large_enough else None,
        colorvideovdp=None if colorvideovdp is None else colorvideovdp.score(clean, perturbed),
    )


def ssimulacra2_word(score: float) -> str:
    """Return the published word for a score, in English, such as `very high quality`."""
    return next((word for least, word in SSIMULACRA2_WORDS if score >= least), LOWEST_WORD)


def measured_by() -> dict[str, str]:
    """Return the versions of the packages and of the model that the measures are taken with."""
    return {package: importlib.metadata.version(package) for package in PACKAGES} | {
        "ssimulacra2": ssimulacra2_module.VERSION
    }
