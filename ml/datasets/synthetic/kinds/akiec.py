"""Actinic keratosis, Bowen's disease: red, ill-defined, with pale follicles and yellow-white scale."""

import numpy as np

from ml.datasets.synthetic.border import coverage, depth_inside
from ml.datasets.synthetic.canvas import Canvas
from ml.datasets.synthetic.fields import smooth_field, smooth_step
from ml.datasets.synthetic.scatter import points_in_disc


def paint(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the redness, the follicles that it leaves out, the scale that lies on it."""
    radius = rng.uniform(0.52, 0.7)
    depth = depth_inside(rng, canvas, radius=radius, irregularity=0.1)
    body = coverage(depth, softness=0.26)
    canvas.blend((0.80, 0.27, 0.23), body * np.float32(0.85))
    blood = smooth_step(smooth_field(rng, canvas.u, canvas.v, grain=0.12), -0.2, 1.8)
    canvas.blend((0.62, 0.14, 0.14), body * blood * np.float32(0.7))
    follicles = points_in_disc(rng, 34, radius=radius, apart=0.12)
    rims = canvas.soften(canvas.discs(follicles, rng.uniform(0.02, 0.042, len(follicles))), 0.014)
    canvas.blend((0.95, 0.72, 0.60), rims * body * np.float32(0.75))
    flakes = smooth_step(smooth_field(rng, canvas.u, canvas.v, grain=0.24), 0.35, 1.15)
    edges = np.abs(smooth_field(rng, canvas.u, canvas.v, grain=0.06))
    scale = flakes * (np.float32(0.35) + np.float32(0.65) * smooth_step(edges, 0.1, 0.9))
    canvas.blend((0.99, 0.94, 0.78), scale * coverage(depth - np.float32(0.05), softness=0.1) * np.float32(0.95))
