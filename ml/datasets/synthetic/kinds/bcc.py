"""Basal cell carcinoma: pearly pink, with arborising vessels and blue-grey ovoid nests."""

import numpy as np

from ml.datasets.synthetic.border import coverage, depth_inside
from ml.datasets.synthetic.canvas import Canvas, Point
from ml.datasets.synthetic.fields import smooth_field, smooth_step
from ml.datasets.synthetic.scatter import points_in_disc


def paint(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the translucent ground, the nests in it, the vessels over it."""
    radius = rng.uniform(0.46, 0.64)
    depth = depth_inside(rng, canvas, radius=radius, irregularity=0.08)
    canvas.blend((0.93, 0.70, 0.68), coverage(depth, softness=0.24) * np.float32(0.8))
    pearl = smooth_step(smooth_field(rng, canvas.u, canvas.v, grain=0.2), 0.1, 1.6)
    canvas.blend((0.98, 0.86, 0.83), coverage(depth, softness=0.2) * pearl * np.float32(0.7))
    nests = points_in_disc(rng, int(rng.integers(3, 7)), radius=radius * 0.7, apart=0.2)
    axes = [(rng.uniform(0.09, 0.16), rng.uniform(0.06, 0.085), rng.uniform(0.0, np.pi)) for _ in nests]
    pigment = canvas.soften(canvas.ellipses(nests, axes), 0.035)
    ragged = pigment * (1.0 + np.float32(0.3) * smooth_field(rng, canvas.u, canvas.v, grain=0.08))
    canvas.blend((0.31, 0.35, 0.47), smooth_step(ragged, 0.22, 0.72) * np.float32(0.92))
    vessels = []
    for _ in range(int(rng.integers(2, 4))):
        away = rng.uniform(0.0, 2 * np.pi)
        root = (float(radius * np.cos(away)), float(radius * np.sin(away)))
        vessels += _tree(rng, root, heading=away + np.pi + rng.normal(0.0, 0.3), width=0.032, length=radius * 0.7)
    canvas.blend((0.74, 0.10, 0.14), canvas.soften(canvas.lines(vessels), 0.006) * np.float32(0.95))


def _tree(
    rng: np.random.Generator, root: Point, *, heading: float, width: float, length: float
) -> list[tuple[list[Point], float]]:
    """Return the branches of one vessel, each thinner and shorter than the one that it leaves."""
    if width < 0.011:
        return []
    steps = 7
    course = heading + np.cumsum(rng.normal(0.0, 0.28, steps))
    x = root[0] + np.cumsum(np.cos(course)) * length / steps
    y = root[1] + np.cumsum(np.sin(course)) * length / steps
    path = [root, *zip(x.tolist(), y.tolist(), strict=True)]
    branches = [(path, width)]
    for place in (steps, int(rng.integers(2, steps)), int(rng.integers(2, steps))):
        side = rng.choice([-1.0, 1.0]) * rng.uniform(0.45, 0.95)
        branches += _tree(
            rng, path[place], heading=float(course[place - 1]) + side, width=width * 0.62, length=length * 0.66
        )
    return branches
