"""A distance by the blind spot, and what an image is to an eye at it: held against geometry worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.screening.viewing import blind_spot_distance, image_in_view, separation_mm


def test_a_dot_that_vanishes_at_144_mm_was_seen_from_60_cm() -> None:
    """tan 13.5° = 0.240079."""
    assert separation_mm(60) == pytest.approx(144.047, abs=0.001)
    assert blind_spot_distance([144.047] * 5).cm == pytest.approx(60, abs=0.001)


def test_the_median_is_taken_and_the_spread_told() -> None:
    late_once = [separation_mm(cm) for cm in (60, 58, 61, 59, 75)]
    distance = blind_spot_distance(late_once)
    assert distance.cm == pytest.approx(60)
    assert distance.repetitions == 5
    assert distance.spread_cm == pytest.approx(17)


@pytest.mark.parametrize("separations", [[], [0.0], [100.0, -1.0]])
def test_what_is_no_separation_gives_no_distance(separations: list[float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        blind_spot_distance(separations)


def test_an_image_as_wide_as_the_distance_is_long_has_53_degrees() -> None:
    """2 atan ½ = 53.13°; 600 image pixels of a millimetre each."""
    view = image_in_view(image_size=600, scale=2, distance_cm=60, css_px_per_mm=1, pixel_ratio=2)
    assert view.degrees == pytest.approx(53.1301, abs=1e-4)
    assert view.pixels_per_degree == pytest.approx(2 * 600 * math.tan(math.radians(0.5)))


def test_a_screen_of_96_pixels_an_inch_has_40_pixels_per_degree_at_60_cm() -> None:
    """One degree is 10.472 mm at 60 cm, which are 39.58 pixels of 0.26458 mm."""
    view = image_in_view(image_size=224, scale=1, distance_cm=60, css_px_per_mm=96 / 25.4, pixel_ratio=1)
    assert view.pixels_per_degree == pytest.approx(39.58, abs=0.01)
    assert view.degrees == pytest.approx(5.655, abs=0.001)


@given(
    scale=st.integers(1, 8), cm=st.floats(20, 300), px=st.floats(2, 10), ratio=st.floats(0.5, 4), zoom=st.floats(0.5, 3)
)
def test_zoom_changes_nothing_and_larger_pixels_are_fewer_in_a_degree(
    scale: int, cm: float, px: float, ratio: float, zoom: float
) -> None:
    """Zoom makes CSS pixels larger, and the pixel ratio by as much: screen pixels stay."""
    seen = image_in_view(image_size=224, scale=scale, distance_cm=cm, css_px_per_mm=px, pixel_ratio=ratio)
    zoomed = image_in_view(
        image_size=224, scale=scale, distance_cm=cm, css_px_per_mm=px / zoom, pixel_ratio=ratio * zoom
    )
    assert zoomed.degrees == pytest.approx(seen.degrees)
    assert zoomed.pixels_per_degree == pytest.approx(seen.pixels_per_degree)
    fine = image_in_view(image_size=224, scale=1, distance_cm=cm, css_px_per_mm=px, pixel_ratio=ratio)
    assert fine.pixels_per_degree == pytest.approx(scale * seen.pixels_per_degree)
