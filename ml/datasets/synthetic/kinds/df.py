"""Dermatofibroma: a pale scar in the middle of a faint brown ring."""

import numpy as np

from ml.datasets.synthetic.border import coverage, depth_inside
from ml.datasets.synthetic.canvas import Canvas
from ml.datasets.synthetic.fields import smooth_field, smooth_step


def paint(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the ring, its fine network, and the scar."""
    radius = rng.uniform(0.46, 0.62)
    depth = depth_inside(rng, canvas, radius=radius, irregularity=0.04)
    body = coverage(depth, softness=0.26)
    ring = np.array([0.66, 0.42, 0.33]) * rng.uniform(0.9, 1.1)
    canvas.blend(ring.tolist(), body * np.float32(0.9))
    cords = np.abs(smooth_field(rng, canvas.u, canvas.v, grain=0.085))
    canvas.blend((0.45, 0.26, 0.18), body * smooth_step(cords, 0.35, 0.0) * np.float32(0.5))
    ragged = depth + np.float32(0.08) * smooth_field(rng, canvas.u, canvas.v, grain=0.2)
    scar = smooth_step(ragged, 0.34, 0.74)
    canvas.blend((0.97, 0.90, 0.87), scar * np.float32(0.92))
    strands = np.abs(smooth_field(rng, canvas.u, canvas.v, grain=0.13))
    canvas.blend((0.88, 0.68, 0.66), scar * smooth_step(strands, 0.22, 0.0) * np.float32(0.6))
