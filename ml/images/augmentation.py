"""Training images turned, mirrored and cropped at random, so that a classifier learns the lesion, not the picture."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.images.pixels import Pixels

SMALLEST_CROP = 0.85


def augment(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the image rotated by any angle, mirrored or not, cropped by up to 15% a side, at its own size.

    The corners that a rotation uncovers are filled with the image mirrored at its edges. One bilinear resampling
    does all of it.

    Parameters
    ----------
    pixels
        uint8 array of shape (side, side, 3).
    """
    side = pixels.shape[0]
    margin = -(-side // 4)  # a turned corner reaches 0.21 of a side beyond the picture
    scale = rng.uniform(SMALLEST_CROP, 1.0)
    # The crop lies anywhere inside the picture that it is cut from.
    shift = rng.uniform(-0.5, 0.5, 2) * (1 - scale) * side
    angle = rng.uniform(0, 2 * np.pi)
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    # Pillow asks where each output pixel comes from: about the middle of the picture, then shifted.
    middle = side / 2
    across = (mirror * cosine, -sine)
    down = (mirror * sine, cosine)
    coefficients = (
        *across,
        margin + middle + shift[0] - across[0] * middle - across[1] * middle,
        *down,
        margin + middle + shift[1] - down[0] * middle - down[1] * middle,
    )
    padded = np.pad(pixels, ((margin, margin), (margin, margin), (0, 0)), mode="reflect")
    turned = Image.fromarray(padded).transform(
        (side, side), Image.Transform.AFFINE, coefficients, resample=Image.Resampling.BILINEAR
    )
    return np.asarray(turned, dtype=np.uint8)


def turned(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the image turned by none to three quarters, mirrored or not: no pixel is resampled.

    Parameters
    ----------
    pixels
        uint8 array of shape (side, side, 3).
    """
    quarters, mirrored = divmod(int(rng.integers(8)), 2)
    result: Pixels = np.rot90(pixels[:, ::-1] if mirrored else pixels, quarters)
    return result


def shuffled_batches(count: int, *, batch_size: int, steps: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return which images each step sees: full batches from one shuffled pass over all images after another.

    Returns
    -------
    int64 array of shape (steps, batch_size), places from 0 to `count` − 1.
    """
    passes = -(-steps * batch_size // count)
    order = np.concatenate([rng.permutation(count) for _ in range(passes)])
    return order[: steps * batch_size].reshape(steps, batch_size)


def batches_of_all_classes(
    labels: NDArray[np.int64], *, batch_size: int, steps: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return which images each step sees: every class equally often, its images in one shuffled pass after another.

    Parameters
    ----------
    labels
        int64 array of shape (n,): the class of each image.

    Returns
    -------
    int64 array of shape (steps, batch_size), places from 0 to n − 1. Over all steps the classes' numbers differ by one
    at most.
    """
    classes = np.unique(labels)
    wanted = steps * batch_size
    turns = -(-wanted // len(classes))
    drawn = []
    for code in classes:
        places = np.flatnonzero(labels == code)
        passes = -(-turns // len(places))
        drawn.append(np.concatenate([rng.permutation(places) for _ in range(passes)])[:turns])
    in_turn = np.stack(drawn, axis=1).reshape(-1)[:wanted]
    return in_turn.reshape(steps, batch_size)
