"""Vascular lesion: red to purple lacunae, parted by pale septa."""

import numpy as np

from ml.datasets.synthetic.border import coverage, depth_inside
from ml.datasets.synthetic.canvas import Canvas
from ml.datasets.synthetic.fields import smooth_field, smooth_step
from ml.datasets.synthetic.scatter import points_in_disc


def paint(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the bluish ground, then the lacunae."""
    radius = rng.uniform(0.36, 0.54)
    depth = depth_inside(rng, canvas, radius=radius * 1.08, irregularity=0.05)
    canvas.blend((0.76, 0.34, 0.46), coverage(depth, softness=0.12) * np.float32(0.85))
    lacunae = points_in_disc(rng, 30, radius=radius * 0.9, apart=radius * 0.34)
    radii = rng.uniform(0.17, 0.25, len(lacunae)) * radius
    redness = rng.random()
    red, purple = np.array([0.74, 0.04, 0.13]), np.array([0.44, 0.05, 0.30])
    blood = purple + (red - purple) * redness
    pools = canvas.soften(canvas.discs(lacunae, radii), 0.022)
    pools = smooth_step(pools + np.float32(0.06) * smooth_field(rng, canvas.u, canvas.v, grain=0.1), 0.1, 0.85)
    canvas.blend(blood.tolist(), pools * np.float32(0.95))
    hearts = canvas.soften(canvas.discs(lacunae, radii * 0.45), 0.02)
    canvas.blend((blood * 0.55).tolist(), hearts * np.float32(0.5))
