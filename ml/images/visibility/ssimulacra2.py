"""SSIMULACRA2: how good an image is that was made from another one, from 100 (alike) downwards.

The model is that of Sneyers 2023 (cloudinary/ssimulacra2, version 2.1), whose program is in C++. It is written anew
here, in SciPy; the weights are the published ones (BSD-3-Clause). The Python package of this name is not used: it
halves images before it looks whether they are large enough, and blurs their borders otherwise.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ml.images.pixels import Pixels
from ml.images.visibility.colour_difference import check_same_shape

VERSION = "2.1"
"""Of the published model whose weights these are."""
SCALES = 6
SMALLEST_SIDE = 113
"""Pixels. Below it the smallest scale is missing, and scores are not those of larger images."""

LEVELS = 255.0
Picture = NDArray[np.float64]

# Of linear RGB to what the cones of the eye take up, after JPEG XL.
ABSORBANCE = np.array(
    [
        [0.3, 0.622, 0.078],
        [0.23, 0.692, 0.078],
        [0.24342268924547819, 0.20476744424496821, 0.5518098665095536],
    ]
)
BIAS = 0.0037930732552754493

BLUR_SIGMA = 1.5
SSIM_CONSTANT = 0.0009

# By channel, scale (full size first), and error: the structural error, edges that came, edges that went, each by its
# mean; then the same three by their 4-norm.
WEIGHTS = np.array(
    (
        (  # X: red against green
            (0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0),
            (0, 0.0004371155730107379, 0, 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752),
            (0, 0.0016406437456599754, 0, 1.8422455520539298, 11.441172603757666, 0),
            (0.0007989109436015163, 0.000176816438078653, 0, 1.8787594979546387, 10.94906990605142, 0),
            (
                *(0.0007289346991508072, 0.9677937080626833, 0),
                *(0.00014003424285435884, 0.9981766977854967, 0.00031949755934435053),
            ),
            (0.0004550992113792063, 0, 0, 0.0013648766163243398, 0, 0),
        ),
        (  # Y: lightness
            (0, 0, 0, 7.466890328078848, 0, 17.445833984131262),
            (0.0006235601634041466, 0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264),
            (225.20515300849274, 0, 0, 19.213238186143016, 0.0011401524586618361, 0.001237755635509985),
            (176.39317598450694, 0, 0, 24.43300999870476, 0.28520802612117757, 0.0004485436923833408),
            (0, 0, 0, 34.77906344483772, 44.835625328877896, 0),
            (0, 0, 0, 0, 0, 0),
        ),
        (  # B − Y: blue against yellow
            (0, 0.0008680556573291698, 0, 0, 0, 0),
            (0, 0.0005313191874358747, 0, 0.00016533814161379112, 0, 0),
            (0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0),
            (0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0),
            (
                *(95.1080498811086, 0.9863978034400682, 0.9834382792465353),
                *(0.0012286405048278493, 171.2667255897307, 0.9807858872435379),
            ),
            (0, 0, 0, 0.0005130064588990679, 0, 0.00010854057858411537),
        ),
    )
)


def ssimulacra2(clean: Pixels, perturbed: Pixels) -> float:
    """Return the SSIMULACRA2 score of a perturbed image.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (height, width, 3), sRGB, `SMALLEST_SIDE` or more pixels a side.

    Returns
    -------
    100 where the images are equal, less the more visible the change is; below 0 for very strong changes. In the words
    of its author, 90 is visually lossless, 80 very high, 70 high, 50 medium and 30 low quality.

    Raises
    ------
    ValueError
        The shapes differ, or a side is shorter.

    Notes
    -----
    Its weights were fitted to judgements of compressed photographs. The channels are X, Y and B − Y of JPEG XL's colour
    space XYB, at six scales, halved in linear light. Of each there are three maps of errors (a structural error after
    SSIM, edges that came and edges that went) and two norms of each map; the score is a function of their weighted sum.
    The blur is a sum of cosines near to a Gaussian (Charalampidis 2016), with 0 around the image, as the published
    program has it.
    """
    check_same_shape(clean, perturbed)
    if min(clean.shape[:2]) < SMALLEST_SIDE:
        raise ValueError(f"SSIMULACRA2 needs at least {SMALLEST_SIDE} pixels a side, not {min(clean.shape[:2])}")
    one, other = _linear(clean), _linear(perturbed)
    errors = []
    for scale in range(SCALES):
        if scale:
            one, other = _halved(one), _halved(other)
        errors.append(_errors(_positive_xyb(one), _positive_xyb(other)))
    # From (scale, channel, error) to the order of the weights.
    return _score(float(np.sum(WEIGHTS * np.stack(errors).transpose(1, 0, 2))))


def _score(weighted: float) -> float:
    scaled = weighted * 0.9562382616834844
    error = (6.248496625763138e-05 * scaled - 0.020884521182843837) * scaled * scaled + 2.326765642916932 * scaled
    return 100.0 - 10.0 * math.pow(error, 0.6276336467831387) if error > 0 else 100.0


def _linear(pixels: Pixels) -> Picture:
    """Return linear light, 0 to 1, of sRGB levels (IEC 61966-2-1)."""
    shares = pixels / LEVELS
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def _halved(light: Picture) -> Picture:
    """Return means of 2 × 2 pixels; a last odd row or column counts twice."""
    height, width, channels = light.shape
    even = np.pad(light, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    means: Picture = even.reshape((height + 1) // 2, 2, (width + 1) // 2, 2, channels).mean(axis=(1, 3))
    return means


def _positive_xyb(light: Picture) -> Picture:
    """Return X, Y and B − Y of linear light, moved and stretched to lie within 0 to 1."""
    cones = np.cbrt(light @ ABSORBANCE.T + BIAS) - math.cbrt(BIAS)
    red, green, blue = np.moveaxis(cones, -1, 0)
    x, y = (red - green) / 2, (red + green) / 2
    return np.stack([14 * x + 0.42, y + 0.01, blue - y + 0.55], axis=-1)


def _errors(one: Picture, other: Picture) -> NDArray[np.float64]:
    """Return the errors of one scale, of shape (3 channels, 6), in the order of the weights."""
    mean_one, mean_other = _blurred(one), _blurred(other)
    variances = (_blurred(one * one) - mean_one**2) + (_blurred(other * other) - mean_other**2)
    covariance = _blurred(one * other) - mean_one * mean_other
    likeness = (1 - (mean_one - mean_other) ** 2) * (2 * covariance + SSIM_CONSTANT) / (variances + SSIM_CONSTANT)
    edges = (1 + np.abs(other - mean_other)) / (1 + np.abs(one - mean_one)) - 1
    maps = [np.maximum(error, 0) for error in (1 - likeness, edges, -edges)]
    means = [error.mean(axis=(0, 1)) for error in maps]
    norms = [(error**4).mean(axis=(0, 1)) ** 0.25 for error in maps]
    return np.stack([*means, *norms], axis=-1)


def _blurred(picture: Picture) -> Picture:
    from scipy.ndimage import correlate1d

    across = correlate1d(picture, BLUR, axis=1, mode="constant")
    both: Picture = correlate1d(across, BLUR, axis=0, mode="constant")
    return both


def _blur_weights(sigma: float) -> NDArray[np.float64]:
    """Return the weights of the blur: a sum of three cosines that end at 0 (Charalampidis 2016, equations 37 to 57).

    Returns
    -------
    float64 array of 2 · radius + 1 weights, whose sum is 1.
    """
    radius = round(3.2795 * sigma + 0.2546)
    odd = np.array([1, 3, 5])
    omega = odd * math.pi / (2 * radius)
    sums = np.array([1, -1, 1]) / np.tan(omega / 2)  # of each cosine over the radius
    moments = np.array([1, -1, 1]) * sums**2 / np.sin(omega)
    shares = np.exp(-((sigma * omega) ** 2) / 2) / radius
    # The first two parts keep the sum at 1 and the variance at sigma²; the third is nearest to the Gaussian.
    pairs = np.cross(sums, moments)
    third = np.array([pairs[0] / pairs[2], pairs[1] / pairs[2], 1])
    gains = np.linalg.solve(
        np.stack([sums, moments, third]), np.array([1, radius**2 - sigma**2, np.dot(third, shares)])
    )
    places = np.arange(-radius, radius + 1)
    weights: NDArray[np.float64] = np.cos(np.outer(places, omega)) @ gains
    return weights


BLUR = _blur_weights(BLUR_SIGMA)
