"""CIEDE2000 in tensors: the published pairs, the formula written out in 64 bits, and gradients that are finite."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.ml.networks.visibility.sharma_2005 import PAIRS

pytestmark = pytest.mark.xdist_group("tensorflow")

Doubles = NDArray[np.float64]
TABLE = np.array(PAIRS)


def difference(one: Doubles, other: Doubles, dtype: str = "float32") -> Doubles:
    from ml.networks.backend import keras
    from ml.networks.visibility.colour_difference import ciede2000

    tensors = [keras.ops.convert_to_tensor(colours, dtype=dtype) for colours in (one, other)]
    return np.asarray(ciede2000(*tensors)).astype(np.float64)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_published_pairs_have_their_published_differences_both_ways(dtype: str) -> None:
    assert len(TABLE) == 34
    for one, other in ((TABLE[:, :3], TABLE[:, 3:6]), (TABLE[:, 3:6], TABLE[:, :3])):
        assert np.abs(difference(one, other, dtype) - TABLE[:, 6]).max() < 1e-4


def written_out(one: Doubles, other: Doubles) -> float:
    """Return ΔE₀₀ of two colours, equation by equation of Sharma, Wu & Dalal 2005, in degrees."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = h2 - h1
    if c1 * c2 == 0:
        turn = 0.0
    elif turn > 180:
        turn -= 360
    elif turn < -180:
        turn += 360
    hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    lightness, c = (l1 + l2) / 2, (c1 + c2) / 2
    if c1 * c2 == 0:
        h = h1 + h2
    elif abs(h1 - h2) <= 180:
        h = (h1 + h2) / 2
    else:
        h = (h1 + h2 + 360) / 2 if h1 + h2 < 360 else (h1 + h2 - 360) / 2
    t = (
        1
        - 0.17 * math.cos(math.radians(h - 30))
        + 0.24 * math.cos(math.radians(2 * h))
        + 0.32 * math.cos(math.radians(3 * h + 6))
        - 0.20 * math.cos(math.radians(4 * h - 63))
    )
    rotation = -math.sin(2 * math.radians(30 * math.exp(-(((h - 275) / 25) ** 2)))) * 2
    rotation *= math.sqrt(c**7 / (c**7 + 25**7))
    light = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2))
    chroma = (c2 - c1) / (1 + 0.045 * c)
    hue /= 1 + 0.015 * c * t
    return math.sqrt(max(light**2 + chroma**2 + hue**2 + rotation * chroma * hue, 0))


@pytest.mark.parametrize("spread", [0.1, 3.0, 80.0])
def test_it_is_the_formula_written_out_in_64_bits(spread: float) -> None:
    rng = np.random.default_rng(7)
    one = np.column_stack([rng.uniform(0, 100, 2000), rng.uniform(-90, 90, (2000, 2))])
    one[:200, 1:] *= 0.01  # greys, nearly
    other = one + rng.normal(0, spread, one.shape)
    expected = np.array([written_out(*pair) for pair in zip(one, other, strict=True)])

    assert np.abs(difference(one, other, "float64") - expected).max() < 1e-9
    assert np.abs(difference(one, other) - expected).max() < 1e-4


def test_srgb_becomes_cielab() -> None:
    from ml.networks.backend import keras
    from ml.networks.visibility.colour_difference import cielab

    # Primaries, white, black, grey: CIELAB under D65, as tables of sRGB give it to two digits.
    colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [119, 119, 119]]
    expected = [[53.24, 80.09, 67.20], [87.73, -86.18, 83.18], [32.30, 79.19, -107.86], [100, 0, 0], [0, 0, 0]]

    found = np.asarray(cielab(keras.ops.convert_to_tensor(np.array(colours) / 255, dtype="float32")))

    assert np.abs(found[:5] - expected).max() < 0.03
    assert found[5] == pytest.approx([50.03, 0, 0], abs=0.01)


def gradient_of_distance(clean: NDArray[np.float32], changed: NDArray[np.float32]) -> NDArray[np.float32]:
    import tensorflow as tf

    from ml.networks.visibility.colour_difference import colour_distance

    at = tf.constant(changed)
    with tf.GradientTape() as tape:
        tape.watch(at)
        distance = tf.reduce_sum(colour_distance(tf.constant(clean), at))
    return np.asarray(tape.gradient(distance, at))


def test_the_gradient_is_finite_at_greys_equal_colours_and_where_hues_go_round() -> None:
    levels = np.array(
        [
            [[0, 0, 0], [0, 0, 0]],
            [[255, 255, 255], [255, 255, 255]],
            [[128, 128, 128], [128, 128, 128]],
            [[128, 128, 128], [129, 128, 128]],
            [[129, 128, 128], [128, 128, 128]],
            [[0, 0, 0], [1, 0, 0]],
            [[200, 100, 120], [200, 100, 121]],  # the hue goes round near here
            [[200, 100, 127], [200, 100, 110]],
            [[255, 0, 0], [0, 255, 255]],  # nearly opposite
            [[40, 60, 200], [45, 60, 190]],  # where hue and chroma are rotated
        ],
        dtype=np.float32,
    )
    clean, changed = levels[:, 0] / 255, levels[:, 1] / 255

    gradients = np.concatenate(
        [
            gradient_of_distance(one[None, None, None], other[None, None, None])
            for one, other in zip(clean, changed, strict=True)
        ]
    )

    assert np.isfinite(gradients).all()
    equal = (clean == changed).all(axis=1)
    assert (gradients[equal] == 0).all()
    assert (np.abs(gradients[~equal]).max(axis=(1, 2, 3)) > 0).all()


def test_the_gradient_is_the_slope_of_the_distance() -> None:
    from ml.networks.backend import keras
    from ml.networks.visibility.colour_difference import colour_distance

    rng = np.random.default_rng(3)
    clean = rng.uniform(0.1, 0.9, (2, 6, 6, 3)).astype(np.float32)
    changed = np.clip(clean + rng.normal(0, 0.05, clean.shape), 0, 1).astype(np.float32)
    way = rng.normal(size=clean.shape)

    def far(times: float) -> Doubles:
        moved = keras.ops.convert_to_tensor(changed.astype(np.float64) + times * way, dtype="float64")
        return np.asarray(colour_distance(keras.ops.convert_to_tensor(clean, dtype="float64"), moved))

    slope = (far(1e-6) - far(-1e-6)) / 2e-6
    assert (gradient_of_distance(clean, changed) * way).sum(axis=(1, 2, 3)) == pytest.approx(slope, rel=1e-3)


def test_the_distance_of_an_image_is_the_root_of_the_summed_squares() -> None:
    from ml.networks.backend import keras
    from ml.networks.visibility.colour_difference import cielab, colour_distance, mean_squared_colour_difference

    rng = np.random.default_rng(4)
    pair = rng.random((2, 3, 5, 7, 3), dtype=np.float32)
    labs = [np.asarray(cielab(keras.ops.convert_to_tensor(images, dtype="float64"))) for images in pair]
    pixels = zip(labs[0].reshape(-1, 3), labs[1].reshape(-1, 3), strict=True)
    squares = np.array([written_out(*colours) ** 2 for colours in pixels]).reshape(3, 35)

    assert np.asarray(colour_distance(*pair)) == pytest.approx(np.sqrt(squares.sum(axis=1)), rel=1e-5)
    assert np.asarray(mean_squared_colour_difference(*pair))[:, 0] == pytest.approx(squares.mean(axis=1), rel=1e-5)
