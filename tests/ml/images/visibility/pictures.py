"""Pictures with a change of some kind, without random numbers: another program can make the same."""

import numpy as np

from ml.images.pixels import Pixels


def picture(height: int, width: int, kind: str) -> tuple[Pixels, Pixels]:
    """Return a smooth picture with texture, and the same changed.

    Parameters
    ----------
    kind
        `noise` (each channel of each pixel by ±4 levels), `smooth` (by up to 4 levels, in waves), `blur` (2 × 2 means),
        or `block` (one square of it by 40 levels).
    """
    y, x = np.mgrid[:height, :width]
    waves = [0.6 + 0.2 * np.sin(x / 21 + y / 43), 0.5 + 0.15 * np.cos(y / 26), 0.45 + 0.15 * np.sin(x / 32 - y / 64)]
    texture = 12 * (((7 * x + 13 * y + x * y) % 17) / 16 - 0.5)
    clean = np.rint(255 * np.stack(waves, axis=-1) + texture[..., None])
    perturbed = clean.copy()
    if kind == "noise":
        channel = np.arange(3)
        perturbed += 4 * (
            1 - 2 * ((3 * x[..., None] * y[..., None] + x[..., None] // 2 + 5 * channel + y[..., None]) % 2)
        )
    elif kind == "smooth":
        perturbed += np.rint(4 * np.sin(x / 9) * np.cos(y / 11))[..., None]
    elif kind == "blur":
        shifted = np.roll(clean, 1, axis=0)
        perturbed = np.rint((clean + shifted + np.roll(clean, 1, axis=1) + np.roll(shifted, 1, axis=1)) / 4)
    else:
        perturbed[20:60, 30:70, 1] -= 40
    return clean.clip(0, 255).astype(np.uint8), perturbed.clip(0, 255).astype(np.uint8)
