"""The skin around a lesion."""

import numpy as np

from ml.datasets.synthetic.canvas import Canvas, Colour
from ml.datasets.synthetic.fields import smooth_field

# Under a dermatoscope's light, from fair and flushed to brown.
_TONES = np.array(
    [
        (0.91, 0.72, 0.67),
        (0.89, 0.68, 0.68),
        (0.86, 0.70, 0.62),
        (0.83, 0.66, 0.64),
        (0.80, 0.61, 0.50),
        (0.72, 0.52, 0.42),
    ]
)


def draw_tone(rng: np.random.Generator) -> Colour:
    """Draw a skin tone, RGB 0–1: between two neighbours of the scale, a little off."""
    place = rng.uniform(0, len(_TONES) - 1)
    low = min(int(place), len(_TONES) - 2)
    tone = _TONES[low] + (_TONES[low + 1] - _TONES[low]) * (place - low)
    return [float(channel) for channel in np.clip(tone + rng.normal(0.0, 0.012, 3), 0.0, 1.0)]


def paint_skin(canvas: Canvas, rng: np.random.Generator) -> None:
    """Give the bare skin its mottling: blood under it, furrows over it."""
    flush = smooth_field(rng, canvas.u, canvas.v, grain=0.55)
    canvas.rgb += flush[..., np.newaxis] * np.array([0.008, -0.022, -0.018], dtype=np.float32)
    mottling = smooth_field(rng, canvas.u, canvas.v, grain=0.11)
    canvas.rgb += mottling[..., np.newaxis] * np.array([0.009, 0.014, 0.013], dtype=np.float32)
