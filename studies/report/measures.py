"""What the measures of a change are called, by the names of their columns."""

from typing import Final

from ml.images.visibility.measures import MEASURES

MEASURE_NAMES: Final = {
    "linf": "L∞, levels",
    "l2": "L2, levels",
    "psnr": "PSNR, dB",
    "ssim": "SSIM",
    **{measure.key: measure.name for measure in MEASURES},
}


def measure_name(key: str) -> str:
    """Return what a measure is called; its key where it is none of this program's."""
    return MEASURE_NAMES.get(key, key)
