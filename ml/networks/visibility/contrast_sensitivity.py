"""How strong a change is to an eye that sees coarse and fine patterns differently well, as a term of a loss."""

import numpy as np
from numpy.typing import NDArray

from ml.networks.backend import Tensor, keras
from ml.networks.visibility.colour_difference import XYZ_OF_RGB, linear_light

ops = keras.ops

Doubles = NDArray[np.float64]

OPPONENT_OF_XYZ = np.array([[0.0556, 0.9981, -0.0254], [0.9510, -0.9038, 0.0], [0.0386, 1.0822, -1.0276]])
"""CIE XYZ to light, red against green and yellow against blue (YCC of iCAM; Reinhard, Khan, Akyüz & Johnson 2008)."""
# Cycles a degree up to which light is seen fully: where the band-pass function falls below 1 for good.
FULLY_SEEN = 13.3395
PER_CENT = 100.0


def sensitivity(frequencies: Doubles) -> Doubles:
    """Return how much of a pattern's contrast is seen, for light, red against green, and yellow against blue.

    The contrast sensitivity functions of Reinhard, Khan, Akyüz & Johnson, "Color Imaging: Fundamentals and
    Applications" (2008), as low-pass filters that are 1 at 0: so Preiss, Fernandes & Urban 2014 (IEEE Transactions on
    Image Processing 23:1366–1378) take them to compare images. Light: 0.63 f^0.616 exp(−0.085 f) from 13.3 cycles a
    degree on; the two of colour: sums a₁ exp(−b₁ f^c₁) + a₂ exp(−b₂ f^c₂) by their value at 0.

    Parameters
    ----------
    frequencies
        Cycles a degree, float64 of any shape, 0 or more.

    Returns
    -------
    float64 of shape (3, …), in [0, 1].
    """
    f = frequencies
    light = np.where(f <= FULLY_SEEN, 1.0, 0.63 * np.power(f, 0.616) * np.exp(-0.085 * f))
    red_green = 91.228 * np.exp(-0.0003 * f**2.803) + 74.907 * np.exp(-0.0038 * f**2.601)
    yellow_blue = 5.623 * np.exp(-0.00001 * f**3.4066) + 41.9363 * np.exp(-0.083 * f**1.3684)
    return np.stack([light, red_green / (91.228 + 74.907), yellow_blue / (5.623 + 41.9363)])


def mean_square_contrast(image: Tensor, perturbed: Tensor, *, pixels_per_degree: float) -> Tensor:
    """Return each image's mean squared contrast of the change as it is seen, in per cent²; tensor of shape (batch, 1).

    The change is that of linear light, split into light and two colour differences and divided by the image's mean
    luminance; each frequency counts by the square of its sensitivity. The image is taken as going round at its edges.

    Parameters
    ----------
    image, perturbed
        Tensors of shape (batch, side, side, 3): sRGB in [0, 1].
    pixels_per_degree
        How large the images are seen.
    """
    side = image.shape[1]
    along = np.fft.fftfreq(side) * pixels_per_degree
    squares = np.square(sensitivity(np.hypot(along[:, None], along[None, :]))) * PER_CENT**2 / side**4
    to_opponents = (OPPONENT_OF_XYZ @ XYZ_OF_RGB).T.astype(np.float32)
    before = linear_light(image)
    opponents = ops.matmul(linear_light(perturbed) - before, ops.convert_to_tensor(to_opponents))
    luminance = ops.mean(ops.matmul(before, ops.convert_to_tensor(XYZ_OF_RGB[1:2].T.astype(np.float32))), axis=(1, 2))
    waves = ops.transpose(opponents, (0, 3, 1, 2))
    real, imaginary = ops.fft2((waves, ops.zeros_like(waves)))
    power = (ops.square(real) + ops.square(imaginary)) * ops.convert_to_tensor(squares.astype(np.float32))
    # An image that is black all over has no contrast: the least luminance is that of one level.
    return ops.sum(power, axis=(1, 2, 3))[:, None] / ops.square(ops.maximum(luminance, 1 / (255 * 12.92)))
