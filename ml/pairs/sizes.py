"""How large the changes of a set of pairs are: the distribution of each measure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.models import ImagePair

MEASURES = ("linf", "l2", "psnr", "ssim")
QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}


def sizes_of(pairs: Sequence[ImagePair]) -> dict[str, dict[str, float | None]]:
    """Return the distribution of each measure over pairs, by its name: `linf`, `l2`, `psnr`, `ssim`."""
    return {measure: distribution([getattr(pair, measure) for pair in pairs]) for measure in MEASURES}


def distribution(values: Sequence[float | None]) -> dict[str, float | None]:
    """Summarise a measure over pairs.

    Parameters
    ----------
    values
        One a pair; None where the measure is infinite (PSNR of equal twins).

    Returns
    -------
    `n`, `infinite` (how many of the n are), and `min`, `q05`, `q25`, `median`, `mean`, `q75`, `q95`, `max` of the
    finite ones (linear interpolation); None where there are none.
    """
    finite: NDArray[np.float64] = np.array([value for value in values if value is not None], dtype=np.float64)
    counts: dict[str, float | None] = {"n": len(values), "infinite": len(values) - len(finite)}
    if not len(finite):
        return counts | dict.fromkeys(("min", *QUANTILES, "mean", "max"))
    return (
        counts
        | {"min": float(finite.min()), "mean": float(finite.mean()), "max": float(finite.max())}
        | {name: float(np.quantile(finite, share)) for name, share in QUANTILES.items()}
    )
