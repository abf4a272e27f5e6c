"""The contrast that an eye sees of a change: by frequency, by hand where it is everywhere alike."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytestmark = pytest.mark.xdist_group("tensorflow")

Doubles = NDArray[np.float64]
SIDE = 32


def seen(clean: Doubles, changed: Doubles, *, pixels_per_degree: float = 30.0) -> float:
    from ml.networks.visibility.contrast_sensitivity import mean_square_contrast

    pair = (images[None].astype(np.float32) for images in (clean, changed))
    return float(np.asarray(mean_square_contrast(*pair, pixels_per_degree=pixels_per_degree))[0, 0])


def test_all_of_a_coarse_pattern_is_seen_and_less_the_finer_it_is_of_colour_sooner_than_of_light() -> None:
    from ml.networks.visibility.contrast_sensitivity import sensitivity

    frequencies = np.array([0.0, 2.0, 8.0, 14.0, 20.0, 30.0, 45.0])
    light, red_green, yellow_blue = sensitivity(frequencies)

    for one in (light, red_green, yellow_blue):
        assert one[0] == pytest.approx(1)
        assert (np.diff(one) <= 0).all()
        assert one[-1] < 0.2
    assert (light[1:5] > red_green[1:5]).all()
    assert (red_green[1:3] > yellow_blue[1:3]).all()
    assert light[4] == pytest.approx(0.63 * 20**0.616 * np.exp(-1.7))
    assert 0.63 * 13.3395**0.616 * np.exp(-0.085 * 13.3395) == pytest.approx(1, abs=1e-4), "no step where it begins"


def test_a_change_of_light_that_is_everywhere_alike_is_its_weber_contrast() -> None:
    grey, brighter = np.full((2, SIDE, SIDE, 3), 0.5)
    brighter[:] = 0.52

    def linear(value: float) -> float:
        return float(((value + 0.055) / 1.055) ** 2.4)

    contrast = 100 * (linear(0.52) - linear(0.5)) / linear(0.5)
    # White under D65 has Y = 1, and YCC's light of it is 0.0556 X + 0.9981 Y − 0.0254 Z; it has a little colour, too.
    white = np.array([0.9505, 1.0, 1.089])
    opponents = np.array([[0.0556, 0.9981, -0.0254], [0.9510, -0.9038, 0], [0.0386, 1.0822, -1.0276]]) @ white
    assert opponents[0] == pytest.approx(1, abs=0.03)

    assert seen(grey, brighter) == pytest.approx(contrast**2 * (opponents @ opponents), rel=1e-3)


def checks(period: int) -> Doubles:
    return np.where(np.arange(SIDE) % period < period // 2, 1.0, -1.0)[None, :, None]


def test_finer_patterns_are_seen_less_and_the_finer_the_screen_the_less() -> None:
    grey = np.full((SIDE, SIDE, 3), 0.5)
    by_period = [seen(grey, grey + 0.02 * checks(period)) for period in (16, 4, 2)]
    # At 60 pixels a degree pixel by pixel is 30 cycles a degree; at 30 it is 15.
    by_screen = [seen(grey, grey + 0.02 * checks(2), pixels_per_degree=ppd) for ppd in (20.0, 30.0, 60.0)]

    assert by_period == sorted(by_period, reverse=True)
    assert by_screen == sorted(by_screen, reverse=True)
    assert by_screen[-1] < by_screen[0] / 2
    assert seen(grey, grey) == 0


def test_a_fine_pattern_of_colour_is_seen_less_than_one_of_light_of_as_many_levels() -> None:
    grey = np.full((SIDE, SIDE, 3), 0.5)
    pattern = 0.02 * checks(4)

    light = seen(grey, grey + pattern)
    colour = seen(grey, grey + pattern * np.array([0.0, 0.0, 1.0]))

    assert colour < light / 8


def test_the_gradient_is_finite_where_nothing_changed_and_in_the_dark() -> None:
    import tensorflow as tf

    from ml.networks.visibility.contrast_sensitivity import mean_square_contrast

    for level in (0.0, 0.5):
        clean = tf.fill((1, SIDE, SIDE, 3), level)
        for changed in (clean, clean + 0.1):
            with tf.GradientTape() as tape:
                tape.watch(changed)
                value = mean_square_contrast(clean, changed, pixels_per_degree=30.0)
            assert np.isfinite(np.asarray(tape.gradient(value, changed))).all()
