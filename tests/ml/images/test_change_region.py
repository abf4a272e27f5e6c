"""Where a pair of images differs, and which marks count as in it."""

import numpy as np
import pytest

from ml.images.change_region import (
    ACCEPTANCE_RADIUS,
    ENERGY_SHARE,
    LARGEST_ACCEPTED_SHARE,
    LARGEST_LOCAL_SHARE,
    change_region,
    energy_outside,
    mask_sha256,
    packed,
    packed_sha256,
    region_of_mask,
    unpacked,
)

SIDE = 200


def changed(*squares: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return gray and the same with squares (top, left, width, levels) made lighter."""
    clean = np.full((SIDE, SIDE, 3), 100, dtype=np.uint8)
    perturbed = clean.copy()
    for top, left, width, levels in squares:
        perturbed[top : top + width, left : left + width] += np.uint8(levels)
    return clean, perturbed


def test_region_of_a_square_lies_in_it_and_holds_most_of_it() -> None:
    found = change_region(*changed((50, 80, 40, 10)))

    rows, columns = found.region.nonzero()
    assert rows.min() >= 49
    assert rows.max() <= 90
    assert columns.min() >= 79
    assert columns.max() <= 120
    assert found.region.sum() >= ENERGY_SHARE * 40 * 40 * 0.99
    assert found.is_local


def test_a_mark_counts_within_the_radius_of_the_region() -> None:
    found = change_region(*changed((100, 100, 20, 10)))
    rows, _ = found.region.nonzero()
    radius = int(ACCEPTANCE_RADIUS * SIDE)

    assert found.accepted[rows.min() - radius, 110]
    assert not found.accepted[rows.min() - radius - 1, 110]
    assert found.accepted[found.region].all()
    assert found.accepted_share > found.share


def test_a_faint_change_beside_a_strong_one_is_not_in_the_region() -> None:
    found = change_region(*changed((20, 20, 30, 20), (150, 150, 30, 3)))

    assert found.region[35, 35]
    assert not found.region[150:180, 150:180].any()


def test_a_change_everywhere_has_no_place() -> None:
    generator = np.random.default_rng(1)
    clean = generator.integers(50, 200, (SIDE, SIDE, 3), dtype=np.uint8)
    everywhere = (clean + generator.integers(0, 5, clean.shape)).astype(np.uint8)

    found = change_region(clean, everywhere)

    assert found.share > LARGEST_LOCAL_SHARE
    assert not found.is_local


@pytest.mark.parametrize("kind", ["scattered pixels", "a grid of dots", "lines"])
def test_a_sparse_change_all_over_the_image_has_no_place(kind: str) -> None:
    """It takes little of the image, but with the radius around each pixel nearly any mark would be right."""
    clean, perturbed = changed()
    rows, columns = np.mgrid[:SIDE, :SIDE]
    where = {
        "scattered pixels": np.random.default_rng(1).permutation(SIDE * SIDE).reshape(SIDE, SIDE) < 400,
        "a grid of dots": (rows % 12 == 0) & (columns % 12 == 0),
        "lines": rows % 16 == 0,
    }[kind]
    perturbed[where] += 16

    found = change_region(clean, perturbed)

    assert found.share < LARGEST_LOCAL_SHARE
    assert found.accepted_share > LARGEST_ACCEPTED_SHARE
    assert not found.is_local


def test_a_large_change_in_one_part_has_a_place() -> None:
    found = change_region(*changed((40, 40, int(0.48 * SIDE), 10)))

    assert found.is_local


def test_no_change_has_no_place() -> None:
    found = change_region(*changed())

    assert found.share == found.accepted_share == 0
    assert not found.is_local


def test_images_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="shapes"):
        change_region(np.zeros((4, 4, 3), dtype=np.uint8), np.zeros((5, 5, 3), dtype=np.uint8))


@pytest.mark.parametrize("side", [1, 7, 224])
def test_a_mask_is_unpacked_as_it_was_packed(side: int) -> None:
    mask = np.random.default_rng(side).random((side, side)) < 0.3

    assert np.array_equal(unpacked(packed(mask), side), mask)


def test_a_mask_is_the_region_with_what_lies_within_the_radius() -> None:
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[100, 100] = True

    found = region_of_mask(mask)

    rows, columns = np.mgrid[:SIDE, :SIDE] - 100
    np.testing.assert_array_equal(found.region, mask)
    np.testing.assert_array_equal(found.accepted, np.hypot(rows, columns) <= ACCEPTANCE_RADIUS * SIDE)
    np.testing.assert_array_equal(region_of_mask(mask, radius=0).accepted, mask)


def test_an_empty_mask_accepts_no_mark() -> None:
    found = region_of_mask(np.zeros((SIDE, SIDE), dtype=bool))

    assert not found.accepted.any()
    assert not found.is_local


def test_energy_outside_is_the_share_of_the_squared_change() -> None:
    clean, perturbed = changed((20, 20, 10, 20), (100, 100, 10, 10))
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[20:30, 20:30] = True

    assert energy_outside(clean, perturbed, mask) == pytest.approx(100 / (400 + 100))
    assert energy_outside(clean, perturbed, ~mask) == pytest.approx(400 / (400 + 100))
    assert energy_outside(clean, clean, mask) == 0


@pytest.mark.parametrize("side", [1, 7, 224])
def test_the_hash_is_of_the_pixels_however_they_are_packed(side: int) -> None:
    mask = np.random.default_rng(side).random((side, side)) < 0.3

    assert packed_sha256(packed(mask)) == mask_sha256(mask)
    assert mask_sha256(~mask) != mask_sha256(mask)
