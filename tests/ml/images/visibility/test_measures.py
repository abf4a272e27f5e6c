"""All measures of a pair together, how images are viewed, and the published words."""

import math
from dataclasses import asdict, fields

import numpy as np
import pytest

from ml.images.visibility.colour_difference import colour_difference_map
from ml.images.visibility.flip import flip_map
from ml.images.visibility.measures import (
    MEASURES,
    PairMeasures,
    measure_visibility,
    measured_by,
    ssimulacra2_word,
)
from ml.images.visibility.ssimulacra2 import ssimulacra2
from ml.images.visibility.viewing import pixels_per_degree
from tests.ml.images.visibility.pictures import picture


def test_each_number_is_of_its_map() -> None:
    clean, perturbed = picture(120, 130, "smooth")

    found = measure_visibility(clean, perturbed, pixels_per_degree=40)

    differences = np.sort(colour_difference_map(clean, perturbed).ravel())
    assert found.ciede2000_mean == pytest.approx(sum(differences) / differences.size)
    assert found.ciede2000_p95 == pytest.approx(differences[round(0.95 * (differences.size - 1))], rel=1e-3)
    assert found.ciede2000_above_1 == pytest.approx(sum(differences > 1) / differences.size)
    assert 0 < found.ciede2000_above_1 < 1
    assert found.flip == pytest.approx(flip_map(clean, perturbed, pixels_per_degree=40).mean())
    assert found.flip != pytest.approx(flip_map(clean, perturbed, pixels_per_degree=67).mean(), rel=1e-3)
    assert found.ssimulacra2 == ssimulacra2(clean, perturbed)


def test_small_images_have_no_score_and_all_else() -> None:
    found = measure_visibility(*picture(64, 64, "noise"), pixels_per_degree=67)

    assert found.ssimulacra2 is None
    assert all(value > 0 for name, value in asdict(found).items() if name not in {"ssimulacra2", "colorvideovdp"})


def test_equal_images_have_no_visible_change() -> None:
    clean, _ = picture(120, 120, "noise")

    found = measure_visibility(clean, clean, pixels_per_degree=67)

    assert found == PairMeasures(0, 0, 0, 0, 100)


def test_every_measure_is_described_and_within_its_bounds() -> None:
    assert [measure.key for measure in MEASURES] == [field.name for field in fields(PairMeasures)]
    weak, strong = (measure_visibility(*picture(120, 120, kind), pixels_per_degree=67) for kind in ("noise", "block"))
    for measure in MEASURES:
        if measure.is_extra:
            assert getattr(weak, measure.key) is None, "it was not asked for"
            continue
        assert measure.low <= getattr(weak, measure.key) <= measure.high
    assert strong.ssimulacra2 is not None
    assert weak.ssimulacra2 is not None
    assert strong.ssimulacra2 < weak.ssimulacra2


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (100.0, "visually lossless"),
        (90.0, "visually lossless"),
        (89.9, "very high quality"),
        (70.0, "high quality"),
        (69.9, "medium quality"),
        (30.0, "low quality"),
        (-20.0, "very low quality"),
    ],
)
def test_a_score_has_its_published_word(score: float, word: str) -> None:
    assert ssimulacra2_word(score) == word


def test_pixels_per_degree_follow_from_the_screen() -> None:
    # FLIP's own default, 0.7 m before 3,840 pixels on 0.7 m: 2 · 70 cm · tan 0.5° at 54.857 pixels a centimetre.
    assert pixels_per_degree(distance_cm=70, screen_pixels_per_cm=3840 / 70) == pytest.approx(67.0223, abs=1e-3)
    once = pixels_per_degree(distance_cm=60, screen_pixels_per_cm=40)
    assert once == pytest.approx(2 * 60 * 40 * math.tan(math.pi / 360))
    assert pixels_per_degree(distance_cm=60, screen_pixels_per_cm=40, scale=2) == pytest.approx(once / 2)
    with pytest.raises(ValueError, match="above 0"):
        pixels_per_degree(distance_cm=0, screen_pixels_per_cm=40)


def test_the_versions_are_those_of_the_packages() -> None:
    versions = measured_by()

    assert set(versions) == {"scikit-image", "flip-evaluator", "numpy", "scipy", "ssimulacra2"}
    assert versions["numpy"] == np.__version__
    assert versions["ssimulacra2"].startswith("2.1")
