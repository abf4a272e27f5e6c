"""What the instrument adds: light, vignette, a round frame, noise."""

import numpy as np

from ml.datasets.synthetic.canvas import Canvas
from ml.datasets.synthetic.fields import smooth_step
from ml.datasets.synthetic.view import View

_ROUND_FRAMES = 0.12  # share of images taken through a round opening that the sensor sees


def paint_lens(canvas: Canvas, rng: np.random.Generator) -> None:
    """Light the image as the instrument does. Works in image coordinates: it does not turn with the lesion."""
    x, y = View().lesion_coordinates(canvas.size)
    balance = 1.0 + rng.normal(0.0, 0.012, 3) + rng.normal(0.0, 0.03)
    slope = rng.normal(0.0, 0.022, 2)
    light = 1.0 + np.float32(slope[0]) * x + np.float32(slope[1]) * y
    off_centre = rng.normal(0.0, 0.06, 2)
    distance = np.hypot(x - np.float32(off_centre[0]), y - np.float32(off_centre[1]))
    light -= np.float32(rng.uniform(0.05, 0.28)) * (distance / np.float32(np.sqrt(2))) ** 3
    has_frame, radius = rng.random() < _ROUND_FRAMES, rng.uniform(1.02, 1.2)
    if has_frame:
        light *= smooth_step(distance, radius + 0.05, radius - 0.04)
    canvas.rgb *= light[..., np.newaxis] * balance.astype(np.float32)
    grain = rng.uniform(0.006, 0.013)
    canvas.rgb += rng.standard_normal(canvas.rgb.shape, dtype=np.float32) * np.float32(grain)
