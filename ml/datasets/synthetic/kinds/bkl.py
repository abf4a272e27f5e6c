"""Benign keratosis: a sharp-edged, waxy plaque with white milia and dark comedo-like openings."""

import numpy as np

from ml.datasets.synthetic.border import coverage, depth_inside
from ml.datasets.synthetic.canvas import Canvas, Plane, Point
from ml.datasets.synthetic.fields import smooth_field, smooth_step
from ml.datasets.synthetic.scatter import points_in_disc


def paint(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the plaque, its ridges, its openings and its milia."""
    radius = rng.uniform(0.5, 0.68)
    depth = depth_inside(rng, canvas, radius=radius, irregularity=0.07, elongation=0.35)
    body = coverage(depth, softness=0.04)
    wax = np.array([0.70, 0.55, 0.33]) * rng.uniform(0.88, 1.08) + rng.normal(0.0, 0.02, 3)
    canvas.blend(wax.tolist(), body * np.float32(0.85))
    stain = smooth_step(smooth_field(rng, canvas.u, canvas.v, grain=0.28), -0.4, 1.4)
    canvas.blend((0.50, 0.34, 0.19), body * stain * np.float32(0.6))
    ridges = np.abs(smooth_field(rng, canvas.u, canvas.v, grain=0.13))
    canvas.blend((0.46, 0.33, 0.18), body * smooth_step(ridges, 0.35, 0.0) * np.float32(0.6))
    openings = points_in_disc(rng, int(rng.integers(7, 15)), radius=radius * 0.78, apart=0.12)
    canvas.blend((0.17, 0.10, 0.06), canvas.soften(_pits(canvas, rng, openings), 0.009) * body * np.float32(0.95))
    milia = points_in_disc(rng, int(rng.integers(8, 16)), radius=radius * 0.78, apart=0.1)
    shine = canvas.soften(canvas.discs(milia, rng.uniform(0.028, 0.05, len(milia))), 0.008)
    canvas.blend((1.0, 0.97, 0.86), shine * body * np.float32(0.95))


def _pits(canvas: Canvas, rng: np.random.Generator, places: list[Point]) -> Plane:
    axes = [(rng.uniform(0.028, 0.055), rng.uniform(0.02, 0.036), rng.uniform(0.0, np.pi)) for _ in places]
    return canvas.ellipses(places, axes)
