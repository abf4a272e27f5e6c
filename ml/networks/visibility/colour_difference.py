"""CIEDE2000, the colour difference of the CIE, as tensors through which gradients pass on any of Keras' backends."""

import math

import numpy as np
from numpy.typing import NDArray

from ml.networks.backend import Tensor, keras

ops = keras.ops

# IEC 61966-2-1:1999: linear sRGB to CIE XYZ, D65; its white is the sum of each row, so that greys have no chroma.
XYZ_OF_RGB = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
RGB_TO_WHITE = XYZ_OF_RGB / XYZ_OF_RGB.sum(axis=1, keepdims=True)
# CIE 15: L*, a* and b* from the cube roots of X, Y and Z by the white; beside them what is taken off L*.
LAB_OF_ROOTS = np.array([[0.0, 116.0, 0.0], [500.0, -500.0, 0.0], [0.0, 200.0, -200.0]])
LAB_SHIFT = np.array([-16.0, 0.0, 0.0])
KNEE = 6 / 29
# Chroma from which on a colour has a hue; that of a grey is nothing but the rounding of 32 bits.
LEAST_CHROMA = 1e-6
# How near to opposite (in radians) two hues are taken as exactly opposite: rounding would decide on their mean.
OPPOSITE = 1e-6
# Under a root whose slope at 0 is infinite.
LEAST = 1e-24


def cielab(images: Tensor) -> Tensor:
    """Return the colours of sRGB images as CIELAB under D65.

    Parameters
    ----------
    images
        Tensor of shape (…, 3): sRGB in [0, 1].

    Returns
    -------
    Tensor alike: L* in [0, 100], a* and b*.
    """
    relative = ops.matmul(linear_light(images), _constant(RGB_TO_WHITE.T, images))
    above = relative > KNEE**3
    root = _power(ops.where(above, relative, 1.0), 1 / 3)
    roots = ops.where(above, root, relative / (3 * KNEE**2) + 4 / 29)
    return ops.matmul(roots, _constant(LAB_OF_ROOTS.T, images)) + _constant(LAB_SHIFT, images)


def linear_light(images: Tensor) -> Tensor:
    """Return sRGB in [0, 1] as linear light (IEC 61966-2-1), tensors of any shape."""
    return ops.where(images > 0.04045, _power((images + 0.055) / 1.055, 2.4), images / 12.92)


def ciede2000_squared(one: Tensor, other: Tensor) -> Tensor:
    """Return ΔE₀₀² of colours, by Sharma, Wu & Dalal 2005, equations 2 to 22, with k_L = k_C = k_H = 1.

    "The CIEDE2000 color-difference formula: implementation notes, supplementary test data, and mathematical
    observations", Color Research and Application 30:21–30. Written so that its gradient is finite everywhere: it is
    nothing where colours are equal and where a grey has no hue. The difference of hues is the angle between the
    colours (of their cross and dot product), which needs no case where hues go round; where they are exactly opposite,
    the mean hue is that of the paper.

    Parameters
    ----------
    one, other
        CIELAB, tensors of shape (…, 3).

    Returns
    -------
    Tensor of shape (…), 0 or more.
    """
    light1, a1, b1 = one[..., 0], one[..., 1], one[..., 2]
    light2, a2, b2 = other[..., 0], other[..., 1], other[..., 2]
    stretch = 1.5 - 0.5 * _chroma_share((_length(a1, b1) + _length(a2, b2)) / 2)
    a1, a2 = a1 * stretch, a2 * stretch
    chroma1, chroma2 = _length(a1, b1), _length(a2, b2)
    hued1, hued2 = chroma1 > LEAST_CHROMA, chroma2 > LEAST_CHROMA
    both = ops.logical_and(hued1, hued2)
    hue1, hue2 = _positive(_angle(b1, a1, hued1)), _positive(_angle(b2, a2, hued2))
    # Small differences of near colours, as products of differences: nothing is lost in 32 bits.
    cross = a1 * (b2 - b1) - b1 * (a2 - a1)
    turn = _angle(cross, a1 * a2 + b1 * b2, both)
    opposite = ops.abs(turn) > math.pi - OPPOSITE
    turn = ops.where(opposite, ops.where(hue2 >= hue1, ops.abs(turn), -ops.abs(turn)), turn)
    mean_hue = _positive(ops.where(both, hue1 + turn / 2, hue1 + hue2))
    mean_hue = ops.where(mean_hue >= 2 * math.pi, mean_hue - 2 * math.pi, mean_hue)

    mean_chroma = (chroma1 + chroma2) / 2
    of_light = ops.square((light1 + light2) / 2 - 50)
    weight_light = 1 + 0.015 * of_light / ops.sqrt(20 + of_light)
    weight_chroma = 1 + 0.045 * mean_chroma
    weight_hue = 1 + 0.015 * mean_chroma * _hue_factor(mean_hue)
    light = (light2 - light1) / weight_light
    chroma = (chroma2 - chroma1) / weight_chroma
    between = ops.sqrt(ops.maximum(ops.where(both, chroma1 * chroma2, 0.0), LEAST))
    hue = 2 * between * ops.sin(turn / 2) / weight_hue
    blue = math.pi / 3 * ops.exp(-ops.square((mean_hue * (180 / math.pi) - 275) / 25))
    rotation = -2 * _chroma_share(mean_chroma) * ops.sin(blue)
    total = ops.square(light) + ops.square(chroma) + ops.square(hue) + rotation * chroma * hue
    return ops.maximum(total, 0.0)


def ciede2000(one: Tensor, other: Tensor) -> Tensor:
    """Return ΔE₀₀ of colours in CIELAB, tensors of shape (…, 3), as a tensor of shape (…)."""
    return _root(ciede2000_squared(one, other))


def colour_distance(image: Tensor, perturbed: Tensor) -> Tensor:
    """Return the root of the summed squared ΔE₀₀ over all pixels of each image, tensor of shape (batch,).

    So PerC-AL measures a change (Zhao, Liu & Larson 2020), and ALMA (Rony et al. 2021).

    Parameters
    ----------
    image, perturbed
        Tensors of shape (batch, height, width, 3): sRGB in [0, 1].
    """
    return _root(ops.sum(ciede2000_squared(cielab(image), cielab(perturbed)), axis=(1, 2)))


def mean_squared_colour_difference(image: Tensor, perturbed: Tensor) -> Tensor:
    """Return the mean squared ΔE₀₀ over the pixels of each image, as a term of a loss; tensor of shape (batch, 1)."""
    return ops.mean(ciede2000_squared(cielab(image), cielab(perturbed)), axis=(1, 2))[:, None]


def _hue_factor(hue: Tensor) -> Tensor:
    """Return T of the formula (equation 15); hue in radians. Multiples of the angle cost no further cosines."""
    cos1, sin1 = ops.cos(hue), ops.sin(hue)
    cos2, sin2 = cos1 * cos1 - sin1 * sin1, 2 * sin1 * cos1
    cos3, sin3 = cos1 * cos2 - sin1 * sin2, sin1 * cos2 + cos1 * sin2
    cos4, sin4 = cos2 * cos2 - sin2 * sin2, 2 * sin2 * cos2
    return (
        1
        - 0.17 * _turned(cos1, sin1, by=30)
        + 0.24 * cos2
        + 0.32 * _turned(cos3, sin3, by=-6)
        - 0.20 * _turned(cos4, sin4, by=63)
    )


def _turned(cosine: Tensor, sine: Tensor, *, by: float) -> Tensor:
    """Return the cosine of an angle less some degrees."""
    return cosine * math.cos(math.radians(by)) + sine * math.sin(math.radians(by))


def _chroma_share(chroma: Tensor) -> Tensor:
    """Return √(C⁷ / (C⁷ + 25⁷)), of which G and R_C are made; without an infinite slope at 0."""
    share = chroma / 25
    square = share * share
    seventh = square * square * square * share
    return _root(seventh / (1 + seventh))


def _length(a: Tensor, b: Tensor) -> Tensor:
    return _root(a * a + b * b)


def _root(value: Tensor) -> Tensor:
    """Return the square root, with a slope of 0 at 0."""
    some = value > LEAST
    return ops.where(some, ops.sqrt(ops.where(some, value, 1.0)), 0.0)


def _angle(y: Tensor, x: Tensor, there: Tensor) -> Tensor:
    """Return the angle of (x, y) in (−π, π]; 0, with a slope of 0, where there is none."""
    return ops.where(there, ops.arctan2(ops.where(there, y, 0.0), ops.where(there, x, 1.0)), 0.0)


def _power(base: Tensor, exponent: float) -> Tensor:
    """Raise what is above 0; by logarithms that takes a third of the time."""
    return ops.exp(exponent * ops.log(base))


def _positive(angle: Tensor) -> Tensor:
    return ops.where(angle < 0, angle + 2 * math.pi, angle)


def _constant(values: NDArray[np.float64], like: Tensor) -> Tensor:
    return ops.convert_to_tensor(values, dtype=like.dtype)
