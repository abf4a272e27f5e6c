"""Synthetic lesions: reproducible, the same lesion in every view, told apart, never passed off as real."""

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from ml.datasets.synthetic import KINDS, draw_lesion, synthetic_archive
from ml.images.pixels import decode


@pytest.mark.parametrize("diagnosis", KINDS)
@pytest.mark.parametrize("size", [64, 96, 200])
def test_shape_type_and_repeat(diagnosis: str, size: int) -> None:
    one, again = (draw_lesion(diagnosis, np.random.default_rng(5), size) for _ in range(2))
    assert one.shape == (size, size, 3)
    assert one.dtype == np.uint8
    np.testing.assert_array_equal(one, again)


@pytest.mark.parametrize("diagnosis", KINDS)
def test_same_lesion_at_every_size(diagnosis: str) -> None:
    small, large = (draw_lesion(diagnosis, np.random.default_rng(3), size) for size in (64, 256))
    shrunk = np.asarray(Image.fromarray(large).reduce(4), dtype=np.int16)
    other = draw_lesion(diagnosis, np.random.default_rng(4), 64)
    assert np.abs(shrunk - small).mean() < 4.0
    assert np.abs(shrunk - other).mean() > 8.0


def test_another_seed_is_another_lesion() -> None:
    one, other = (draw_lesion("nv", np.random.default_rng(seed), 64) for seed in (1, 2))
    assert np.abs(one.astype(int) - other).mean() > 5


def test_second_view_shows_the_same_lesion_differently() -> None:
    views = [draw_lesion("vasc", np.random.default_rng(1), 96, view_rng=np.random.default_rng(view)) for view in (1, 2)]
    assert np.abs(views[0].astype(int) - views[1]).mean() > 2
    # Turning moves the lesion's pixels but keeps how much of the image is red.
    red = [float((view[..., 0].astype(int) - view[..., 1]).mean()) for view in views]
    assert red[0] == pytest.approx(red[1], rel=0.25)


def test_kinds_are_told_apart_by_colours_and_textures() -> None:
    """The nearest class mean of a handful of simple features names most lesions right: chance would be 1 in 7."""

    def features(diagnosis: str, seed: int) -> np.ndarray:
        middle = draw_lesion(diagnosis, np.random.default_rng([seed, 7]), 96)[24:72, 24:72].astype(float)
        skin = np.median(middle, axis=(0, 1))
        fine = np.abs(np.diff(middle, axis=0)).mean(axis=(0, 1))
        return np.concatenate([middle.mean(axis=(0, 1)), middle.std(axis=(0, 1)), fine, skin, middle.min(axis=(0, 1))])

    kinds = list(KINDS)
    learnt = np.array([[features(kind, seed) for seed in range(40)] for kind in kinds])
    spread = learnt.std(axis=(0, 1))
    centres = learnt.mean(axis=1) / spread
    right = [
        int(np.argmin(np.linalg.norm(centres - features(kind, seed) / spread, axis=1))) == place
        for place, kind in enumerate(kinds)
        for seed in range(100, 115)
    ]
    assert np.mean(right) > 0.5


def test_unknown_kind_and_tiny_size_are_refused() -> None:
    with pytest.raises(ValueError, match="no synthetic lesion of diagnosis 'naevus'"):
        draw_lesion("naevus", np.random.default_rng(0), 96)
    with pytest.raises(ValueError, match="at least 16 pixels"):
        draw_lesion("nv", np.random.default_rng(0), 8)


def test_archive_is_laid_out_like_a_real_one() -> None:
    archive = synthetic_archive(images=1080, size=96, seed=0)
    names = [entry.name for entry in archive.entries]
    assert names == [f"SYN_{number:07d}" for number in range(1, 1081)]
    counts = Counter(entry.diagnosis for entry in archive.entries)
    assert set(counts) == set(KINDS)
    assert counts["nv"] == max(counts.values()) == 335
    assert min(counts.values()) == 119
    looks = Counter(entry.lesion for entry in archive.entries)
    assert set(looks.values()) == {1, 2}
    assert 0.18 < sum(count == 2 for count in looks.values()) / len(looks) < 0.32
    diagnoses = {(entry.lesion, entry.diagnosis) for entry in archive.entries}
    assert len(diagnoses) == len(looks)
    assert archive.source == "synthetic"
    assert "no real skin" in archive.credit


def test_each_image_can_be_drawn_alone() -> None:
    one, again = (synthetic_archive(images=12, size=64, seed=3) for _ in range(2))
    last = one.entries[-1].read()
    assert last == again.entries[-1].read()
    assert len({entry.read() for entry in one.entries}) == 12
    assert decode(last).shape == (64, 64, 3)
    assert Image.open(io.BytesIO(last)).info == {}


def test_another_seed_draws_other_images() -> None:
    one, other = (synthetic_archive(images=12, size=64, seed=seed) for seed in (3, 4))
    assert not {entry.read() for entry in one.entries} & {entry.read() for entry in other.entries}


@pytest.mark.parametrize(("images", "size", "seed"), [(6, 96, 0), (100, 63, 0), (100, 513, 0), (100, 96, -1)])
def test_numbers_outside_are_refused(images: int, size: int, seed: int) -> None:
    with pytest.raises(ValueError, match=r"at least 7|64 to 512|not be negative"):
        synthetic_archive(images=images, size=size, seed=seed)
