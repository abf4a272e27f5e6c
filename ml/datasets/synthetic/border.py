"""A lesion's border: a closed curve around the centre."""

import numpy as np

from ml.datasets.synthetic.canvas import Canvas, Plane
from ml.datasets.synthetic.fields import smooth_field, smooth_step

_ANGLES = np.linspace(-np.pi, np.pi, 361)


def depth_inside(
    rng: np.random.Generator, canvas: Canvas, *, radius: float, irregularity: float, elongation: float = 0.25
) -> Plane:
    """Draw a border and return how deep inside it each pixel lies.

    The radius at angle θ is a random Fourier series, ``radius · (1 + Σₖ aₖ cos(kθ + φₖ))`` for k = 2 … 9, whose
    amplitudes fall as ``irregularity / k``; a smooth field roughens it at a finer grain.

    Returns
    -------
    float32 of shape (size, size): 1 at the centre, 0 on the border, negative outside.
    """
    orders = np.arange(2, 10)
    amplitudes = rng.normal(0.0, irregularity, orders.size) / orders**0.9
    phases = rng.uniform(0.0, 2 * np.pi, orders.size)
    stretch = 1.0 + rng.uniform(0.0, elongation)
    turn = rng.uniform(0.0, np.pi)
    curve = 1.0 + (amplitudes[:, None] * np.cos(orders[:, None] * _ANGLES + phases[:, None])).sum(axis=0)
    curve *= radius / np.sqrt((np.cos(_ANGLES - turn) / stretch) ** 2 + (np.sin(_ANGLES - turn) * stretch) ** 2)
    at_pixel = np.interp(np.arctan2(canvas.v, canvas.u), _ANGLES, np.maximum(curve, 0.12)).astype(np.float32)
    roughness = smooth_field(rng, canvas.u, canvas.v, grain=0.16) * np.float32(0.35 * irregularity)
    depth: Plane = 1.0 - np.hypot(canvas.u, canvas.v) / at_pixel + roughness
    return depth


def coverage(depth: Plane, *, softness: float) -> Plane:
    """Return the opacity of a lesion from its depth: 0 outside to 1 inside, over `softness` to both sides."""
    return smooth_step(depth, -softness, softness)
