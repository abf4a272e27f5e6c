"""Melanoma: asymmetric, ragged, of several colours, with a blue-grey veil, red patches and dark blotches."""

import numpy as np

from ml.datasets.synthetic.border import coverage, depth_inside
from ml.datasets.synthetic.canvas import Canvas, Plane
from ml.datasets.synthetic.fields import smooth_field, smooth_step
from ml.datasets.synthetic.scatter import points_in_disc, points_on_ring


def paint(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a ragged brown ground, then what disturbs it."""
    radius = rng.uniform(0.5, 0.68)
    depth = depth_inside(rng, canvas, radius=radius, irregularity=0.17, elongation=0.4)
    body = coverage(depth, softness=0.1)
    canvas.blend((0.42, 0.24, 0.16), body * np.float32(0.85))
    darkness = smooth_step(smooth_field(rng, canvas.u, canvas.v, grain=0.34), -0.3, 0.9)
    canvas.blend((0.15, 0.08, 0.08), body * darkness * np.float32(0.85))
    mottling = smooth_step(smooth_field(rng, canvas.u, canvas.v, grain=0.09), 0.2, 1.6)
    canvas.blend((0.13, 0.07, 0.07), body * mottling * np.float32(0.7))
    veil, red = _patch(canvas, rng, radius), _patch(canvas, rng, radius)
    canvas.blend((0.78, 0.38, 0.37), body * red * np.float32(0.7))
    canvas.blend((0.42, 0.47, 0.60), body * veil * np.float32(0.85))
    count = int(rng.integers(6, 14))
    globules = canvas.discs(
        points_on_ring(rng, count, radius=radius * 0.85, spread=0.1), rng.uniform(0.018, 0.042, count)
    )
    near = coverage(depth + np.float32(0.18), softness=0.1)
    canvas.blend((0.12, 0.07, 0.06), canvas.soften(globules, 0.012) * near * np.float32(0.85))


def _patch(canvas: Canvas, rng: np.random.Generator, radius: float) -> Plane:
    """Return the opacity of one soft patch, off the centre."""
    ((x, y),) = points_in_disc(rng, 1, radius=radius * 0.6)
    reach = rng.uniform(0.22, 0.36)
    distance = np.hypot(canvas.u - np.float32(x), canvas.v - np.float32(y)) / np.float32(reach)
    distance += np.float32(0.22) * smooth_field(rng, canvas.u, canvas.v, grain=0.14)
    return smooth_step(distance, 1.3, 0.4)
