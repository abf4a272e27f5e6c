"""Melanocytic nevus: an even, symmetric brown spot with a regular pigment network."""

import numpy as np

from ml.datasets.synthetic.border import coverage, depth_inside
from ml.datasets.synthetic.canvas import Canvas, Plane
from ml.datasets.synthetic.fields import smooth_field, smooth_step


def paint(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the spot, then its network, which thins out towards the border."""
    depth = depth_inside(rng, canvas, radius=rng.uniform(0.4, 0.62), irregularity=0.05)
    body = coverage(depth, softness=0.14)
    brown = np.array([0.56, 0.33, 0.18]) * rng.uniform(0.9, 1.15) + rng.normal(0.0, 0.02, 3)
    canvas.blend(brown.tolist(), body * np.float32(0.78))
    darker_middle = smooth_step(depth, 0.1, 0.9)
    canvas.blend((0.30, 0.15, 0.09), body * darker_middle * np.float32(rng.uniform(0.15, 0.5)))
    mottling = smooth_step(smooth_field(rng, canvas.u, canvas.v, grain=0.1), 0.0, 2.0)
    canvas.blend((0.30, 0.15, 0.09), body * mottling * np.float32(0.7))
    cords = _network(canvas, rng) * smooth_step(smooth_field(rng, canvas.u, canvas.v, grain=0.3), -2.0, 0.8)
    canvas.blend((0.22, 0.10, 0.06), body**2 * cords * np.float32(0.75))


def _network(canvas: Canvas, rng: np.random.Generator) -> Plane:
    """Return the dark cords of a honeycomb: three plane waves at 120°, bent by a smooth field."""
    pitch = rng.uniform(0.1, 0.13)
    turn = rng.uniform(0.0, np.pi)
    bend = np.float32(0.03)
    u = canvas.u + bend * smooth_field(rng, canvas.u, canvas.v, grain=0.22)
    v = canvas.v + bend * smooth_field(rng, canvas.u, canvas.v, grain=0.22)
    waves = np.zeros_like(u)
    for angle in turn + np.array([0.0, 2.0, 4.0]) * np.pi / 3:
        wave_number = np.float32(4 * np.pi / (np.sqrt(3) * pitch))
        waves += np.cos(wave_number * (u * np.float32(np.cos(angle)) + v * np.float32(np.sin(angle))))
    return smooth_step(waves, 0.9, -1.4)
