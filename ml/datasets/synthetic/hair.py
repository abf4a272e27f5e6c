"""Hairs that lie over the skin."""

import numpy as np

from ml.datasets.synthetic.canvas import Canvas, Point


def paint_hairs(canvas: Canvas, rng: np.random.Generator) -> None:
    """Lay none, a few, or now and then a dozen hairs across the image."""
    count = int(rng.choice([0, 0, 1, 2, 3, 5, 8, 12], p=[0.3, 0.2, 0.14, 0.12, 0.1, 0.07, 0.04, 0.03]))
    if not count:
        return
    lie = rng.uniform(0.0, np.pi)
    hairs = [(_hair(rng, lie), float(rng.uniform(0.006, 0.015))) for _ in range(count)]
    darkness = float(rng.uniform(0.45, 0.8))
    canvas.blend((0.16, 0.11, 0.09), canvas.lines(hairs) * np.float32(darkness))


def _hair(rng: np.random.Generator, lie: float) -> list[Point]:
    """Return a curve that turns steadily; hairs of one patch of skin lie in about one direction."""
    steps = 14
    heading = lie + rng.normal(0.0, 0.35) + np.linspace(0.0, rng.normal(0.0, 0.6), steps)
    stride = rng.uniform(0.5, 2.4) / steps
    x = np.cumsum(np.cos(heading)) * stride
    y = np.cumsum(np.sin(heading)) * stride
    x += rng.uniform(-1.1, 1.1) - x[steps // 2]
    y += rng.uniform(-1.1, 1.1) - y[steps // 2]
    return list(zip(x.tolist(), y.tolist(), strict=True))
