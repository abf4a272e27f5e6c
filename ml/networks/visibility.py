"""What makes a change visible, as terms of a loss: its size, its roughness, and the structure that it hides."""

from typing import Any

import numpy as np

from ml.networks.backend import keras
from ml.perturbation_size import WINDOW_REACH, WINDOW_SIGMA

ops = keras.ops

LEVELS = 255.0


def mean_square(image: Any, perturbed: Any) -> Any:
    """Return each image's mean squared change, in levels²; tensor of shape (batch, 1)."""
    return ops.mean(ops.square(LEVELS * (perturbed - image)), axis=(1, 2, 3))[:, None]


def mean_square_step(image: Any, perturbed: Any) -> Any:
    """Return the mean squared difference of the change between neighbours, in levels²; tensor of shape (batch, 1)."""
    change = LEVELS * (perturbed - image)
    down = ops.mean(ops.square(change[:, 1:] - change[:, :-1]), axis=(1, 2, 3))
    across = ops.mean(ops.square(change[:, :, 1:] - change[:, :, :-1]), axis=(1, 2, 3))
    return (down + across)[:, None] / 2


def dissimilarity(image: Any, perturbed: Any) -> Any:
    """Return each image's 1 − SSIM, as `ml.perturbation_size` defines it; tensor of shape (batch, 1)."""
    mean_x, mean_y = _blur(image), _blur(perturbed)
    variance_x = _blur(image * image) - mean_x * mean_x
    variance_y = _blur(perturbed * perturbed) - mean_y * mean_y
    covariance = _blur(image * perturbed) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    similarity = ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)) / (
        (mean_x * mean_x + mean_y * mean_y + c1) * (variance_x + variance_y + c2)
    )
    return 1 - ops.mean(similarity, axis=(1, 2, 3))[:, None]


def _blur(values: Any) -> Any:
    """Average over the Gaussian window, where it lies inside the image."""
    reach = np.arange(-WINDOW_REACH, WINDOW_REACH + 1)
    weights = np.exp(-(reach**2) / (2 * WINDOW_SIGMA**2))
    kernel = np.repeat((weights / weights.sum()).astype(np.float32)[:, None, None, None], 3, axis=2)
    down = ops.depthwise_conv(values, kernel, padding="valid")
    return ops.depthwise_conv(down, kernel.transpose(1, 0, 2, 3), padding="valid")
