"""The measures of a change, by the names that the columns of the answers have."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

MEASURES = (
    *("linf", "l2", "psnr", "ssim"),
    *("ciede2000_mean", "ciede2000_p95", "ciede2000_above_1", "flip", "ssimulacra2", "colorvideovdp"),
)
SMALLER_IS_MORE_VISIBLE = frozenset({"psnr", "ssim", "ssimulacra2", "colorvideovdp"})
"""Those that fall where the change grows."""
EXTRAS = frozenset({"colorvideovdp"})
"""Those that are taken only where somebody has set them up, and so perhaps of some pairs of a study alone."""


def measures_of_items(measured: Mapping[str, Reals], item: NDArray[np.intp], count: int) -> dict[str, Reals]:
    """Return how large the change to each item is, by each measure that any of them has.

    Parameters
    ----------
    measured
        By the name of the measure, float arrays of shape (N,): what stands beside each answer; nan where nothing does.
    item
        int array of shape (N,): what was judged, 0 to `count` − 1.
    count
        I, the number of items.

    Returns
    -------
    dict
        float arrays of shape (I,), nan where an item has none, or different ones beside different answers, as where it
        was shown at several strengths under one name: then none of them is the item's. That an item whose largest
        change is 0 has no PSNR is to say that its twins are equal in 8 bits: the ratio is infinite. An extra is there
        if every item has it of which anything was measured: measures are compared on the items that have them all,
        which it is not to make fewer.
    """
    found = {}
    for name, values in measured.items():
        of_items = _agreed(values, item, count)
        if name == "psnr" and "linf" in measured:
            of_items[item[measured["linf"] == 0]] = np.inf
        if not np.isnan(of_items).all():
            found[name] = of_items
    anything = ~np.isnan(list(found.values())).all(axis=0) if found else np.zeros(count, dtype=np.bool_)
    return {
        name: values for name, values in found.items() if name not in EXTRAS or not np.isnan(values[anything]).any()
    }


def _agreed(values: Reals, item: NDArray[np.intp], count: int) -> Reals:
    """Return the one value that each item has wherever it has any, shape (I,); nan without one, or with several."""
    known = ~np.isnan(values)
    least, most = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(least, item[known], values[known])
    np.maximum.at(most, item[known], values[known])
    return np.where(least == most, least, np.nan)
