"""Which images a training sees."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.images.augmentation import augment, batches_of_all_classes, shuffled_batches, turned

counts = st.lists(st.integers(1, 30), min_size=1, max_size=5)


@given(counts, st.integers(1, 12), st.integers(1, 12), st.integers(0, 99))
def test_every_class_is_drawn_equally_often_and_no_image_twice_before_its_class_is_through(
    counts: list[int], batch_size: int, steps: int, seed: int
) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)

    order = batches_of_all_classes(labels, batch_size=batch_size, steps=steps, rng=np.random.default_rng(seed))

    assert order.shape == (steps, batch_size)
    of_each = np.bincount(labels[order.ravel()], minlength=len(counts))
    assert of_each.max() - of_each.min() <= 1
    seen = np.bincount(order.ravel(), minlength=len(labels))
    for code in range(len(counts)):
        assert np.ptp(seen[labels == code]) <= 1


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 12), st.integers(0, 99))
def test_shuffled_batches_pass_over_all_images_again_and_again(
    count: int, batch_size: int, steps: int, seed: int
) -> None:
    order = shuffled_batches(count, batch_size=batch_size, steps=steps, rng=np.random.default_rng(seed))

    assert order.shape == (steps, batch_size)
    assert np.ptp(np.bincount(order.ravel(), minlength=count)) <= 1


def test_an_augmented_image_keeps_its_size_and_its_range_of_values() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(90, 120, (32, 32, 3), dtype=np.uint8)

    altered = augment(pixels, rng)

    assert altered.shape == pixels.shape
    assert altered.dtype == np.uint8
    assert 85 <= altered.min() <= altered.max() <= 125


def test_a_turned_image_is_one_of_the_eight_symmetries_of_the_square() -> None:
    pixels = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)
    symmetries = {np.rot90(way, quarters).tobytes() for way in (pixels, pixels[:, ::-1]) for quarters in range(4)}

    seen = {turned(pixels, np.random.default_rng(seed)).tobytes() for seed in range(100)}

    assert len(symmetries) == 8
    assert seen == symmetries
