"""What the measures of a change are called, by the names of their columns."""

import math
from typing import Final

from ml.images.visibility.measures import MEASURES
from perception.analysis.visibility.measures import SMALLER_IS_MORE_VISIBLE

MEASURE_NAMES: Final = {
    "linf": "L∞",
    "l2": "L2",
    "psnr": "PSNR",
    "ssim": "SSIM",
    **{measure.key: measure.name for measure in MEASURES},
}
MEASURE_UNITS: Final = {"linf": "levels", "l2": "levels", "psnr": "dB"}
MEASURE_DIGITS: Final = {
    "linf": 0,
    "l2": 0,
    "psnr": 1,
    "ssim": 3,
    **{measure.key: measure.digits for measure in MEASURES},
}
FALLING: Final = tuple(MEASURE_NAMES[key] for key in MEASURE_NAMES if key in SMALLER_IS_MORE_VISIBLE)
"""The names of the measures that fall where the change grows."""
OF_OTHERS = 3
"""Digits of a measure that is none of this program's."""


def measure_name(key: str) -> str:
    """Return what a measure is called; its key where it is none of this program's."""
    return MEASURE_NAMES.get(key, key)


def measure_with_unit(key: str) -> str:
    """Return what a measure is called, with its unit where it has one, as an axis is labelled."""
    unit = MEASURE_UNITS.get(key)
    return f"{measure_name(key)}, {unit}" if unit else measure_name(key)


def measure_value(key: str, value: float) -> str:
    """Return a value of a measure with its digits, without its unit; ∞ where a ratio is infinite."""
    return "∞" if math.isinf(value) else f"{value:.{MEASURE_DIGITS.get(key, OF_OTHERS)}f}"
