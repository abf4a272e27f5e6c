"""What makes a change visible, as terms of a loss: size, roughness, the structure it hides, what an eye sees of it."""

import numpy as np

from ml.images.distortion import WINDOW_REACH, WINDOW_SIGMA
from ml.networks.backend import Tensor, keras

ops = keras.ops

LEVELS = 255.0

# Luma and the two colour differences of ITU-R BT.601, from red, green and blue: one row each.
OPPONENTS = np.array(
    [[0.299, 0.587, 0.114], [0.5, -0.418688, -0.081312], [-0.168736, -0.331264, 0.5]], dtype=np.float32
)
# Over how many pixels an eye averages each of them (σ of a Gaussian): light finely, red against green less so, blue
# against yellow least.
EYE_SIGMAS = (0.6, 1.5, 2.5)


def mean_square(image: Tensor, perturbed: Tensor) -> Tensor:
    """Return each image's mean squared change, in levels²; tensor of shape (batch, 1)."""
    return ops.mean(ops.square(LEVELS * (perturbed - image)), axis=(1, 2, 3))[:, None]


def mean_square_step(image: Tensor, perturbed: Tensor) -> Tensor:
    """Return the mean squared difference of the change between neighbours, in levels²; tensor of shape (batch, 1)."""
    change = LEVELS * (perturbed - image)
    down = ops.mean(ops.square(change[:, 1:] - change[:, :-1]), axis=(1, 2, 3))
    across = ops.mean(ops.square(change[:, :, 1:] - change[:, :, :-1]), axis=(1, 2, 3))
    return (down + across)[:, None] / 2


def dissimilarity(image: Tensor, perturbed: Tensor) -> Tensor:
    """Return each image's 1 − SSIM, as `ml.images.distortion` defines it; tensor of shape (batch, 1).

    With d = y − x the definition's two factors are 1 − u and 1 − v, u = d̄² / (x̄² + ȳ² + C₁) and
    v = var(d) / (2 cov(x, y) + var(d) + C₂); what is returned is the mean of u + v − u v. So written, a change that is
    hardly there is still measured in 32 bits.
    """
    change = perturbed - image
    mean_x, mean_d = _blur(image), _blur(change)
    mean_y = mean_x + mean_d
    variance_d = _blur(change * change) - mean_d * mean_d
    twice_covariance = 2 * (_blur(image * perturbed) - mean_x * mean_y)
    c1, c2 = 0.01**2, 0.03**2
    of_means = mean_d * mean_d / (mean_x * mean_x + mean_y * mean_y + c1)
    of_variances = variance_d / (twice_covariance + variance_d + c2)
    return ops.mean(of_means + of_variances - of_means * of_variances, axis=(1, 2, 3))[:, None]


def mean_square_seen(image: Tensor, perturbed: Tensor) -> Tensor:
    """Return each image's mean squared change as an eye averages it, in levels²; tensor of shape (batch, 1).

    The change is split into light and two colour differences, and each is blurred as far as sight blurs it: the idea
    of S-CIELAB (Zhang & Wandell 1996) with one Gaussian a channel, for images shown at about 30 pixels a degree. Fine
    patterns of colour cost little, coarse ones and those of light cost all.
    """
    opponents = ops.matmul(LEVELS * (perturbed - image), OPPONENTS.T)
    seen = [
        _blur(opponents[..., place : place + 1], sigma=sigma, padding="same") for place, sigma in enumerate(EYE_SIGMAS)
    ]
    return ops.mean(ops.sum(ops.square(ops.concatenate(seen, axis=-1)), axis=-1), axis=(1, 2))[:, None]


def _blur(values: Tensor, *, sigma: float = WINDOW_SIGMA, padding: str = "valid") -> Tensor:
    """Average over a Gaussian window of 11 × 11 pixels; `valid` gives the places where it lies inside the image."""
    reach = np.arange(-WINDOW_REACH, WINDOW_REACH + 1)
    weights = np.exp(-(reach**2) / (2 * sigma**2))
    kernel = np.repeat((weights / weights.sum()).astype(np.float32)[:, None, None, None], values.shape[-1], axis=2)
    down = ops.depthwise_conv(values, kernel, padding=padding)
    return ops.depthwise_conv(down, kernel.transpose(1, 0, 2, 3), padding=padding)
