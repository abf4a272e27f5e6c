"""What the measures of a change are called, by the names of their columns."""

from typing import Final

MEASURE_NAMES: Final = {
    "linf": "L∞, levels",
    "l2": "L2, levels",
    "psnr": "PSNR, dB",
    "ssim": "SSIM",
    "ciede2000_mean": "ΔE00, mean",
    "ciede2000_p95": "ΔE00, 95th percentile",
    "ciede2000_above_1": "ΔE00, share above 1",
    "flip": "FLIP",
    "ssimulacra2": "SSIMULACRA2",
}


def measure_name(key: str) -> str:
    """Return what a measure is called; its key where it is none of this program's."""
    return MEASURE_NAMES.get(key, key)
