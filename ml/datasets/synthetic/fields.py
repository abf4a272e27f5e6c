"""Smooth random fields: what varies slowly over skin and lesion."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Plane = NDArray[np.float32]

# The field is defined for lesion coordinates up to this far from the centre, and mirrored beyond.
_REACH = 2.0


def smooth_field(rng: np.random.Generator, u: Plane, v: Plane, *, grain: float) -> Plane:
    """Draw a smooth random field and read it at the places (u, v).

    A uniform cubic B-spline whose coefficients, `grain` lesion units apart, are standard normal. What is drawn does
    not depend on how many places are read, so that a lesion is the same lesion at any image size.

    Parameters
    ----------
    u, v
        float32 of one shape: lesion coordinates.
    grain
        Size of the features, in lesion units.

    Returns
    -------
    float32 of the same shape, with mean about 0 and standard deviation about 1.
    """
    knots = int(2 * _REACH / grain) + 4
    coefficients = rng.standard_normal((knots, knots), dtype=np.float32)
    places = np.stack([(v + _REACH) / grain + 1.0, (u + _REACH) / grain + 1.0])
    field: Plane = ndimage.map_coordinates(
        coefficients, places, order=3, prefilter=False, mode="mirror", output=np.float32
    )
    # The variance of the spline, averaged over its phase, is (151/315)² of the coefficients' (Σ of squared weights).
    return field * np.float32(315 / 151)


def smooth_step(values: Plane, low: float, high: float) -> Plane:
    """Rise smoothly from 0 at `low` to 1 at `high` (cubic Hermite; falls where `low` > `high`)."""
    share = np.clip((values - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    risen: Plane = share * share * (np.float32(3) - np.float32(2) * share)
    return risen
