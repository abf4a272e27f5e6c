"""The difference that is seen when two images alternate: FLIP."""

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels
from ml.images.visibility.colour_difference import check_same_shape

LEVELS = 255.0


def flip_map(clean: Pixels, perturbed: Pixels, *, pixels_per_degree: float) -> NDArray[np.float32]:
    """Return the FLIP error of each pixel.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (height, width, 3), sRGB.
    pixels_per_degree
        Pixels of the image in a degree of the visual angle, above 0 (`ml.images.visibility.viewing`).

    Returns
    -------
    float32 array of shape (height, width), 0 (no difference) to 1.

    Raises
    ------
    ValueError
        The shapes differ, or `pixels_per_degree` is not above 0.

    Notes
    -----
    LDR-FLIP of Andersson, Nilsson, Akenine-Möller, Oskarsson, Åström, Fairchild 2020, "FLIP: A difference evaluator for
    alternating images", by its authors' package: filters of contrast sensitivity, a colour difference, and edges and
    points as features.
    It takes whole levels for shares, and then finds no difference at all: so they are divided by 255 here.
    """
    from flip_evaluator import evaluate

    check_same_shape(clean, perturbed)
    if not pixels_per_degree > 0:  # the package would end the process
        raise ValueError(f"pixels per degree are above 0, not {pixels_per_degree}")
    shares = [(pixels / LEVELS).astype(np.float32) for pixels in (clean, perturbed)]
    found, _, _ = evaluate(
        *shares, "LDR", applyMagma=False, computeMeanError=False, parameters={"ppd": float(pixels_per_degree)}
    )
    errors: NDArray[np.float32] = np.asarray(found, dtype=np.float32)[..., 0]
    return errors
