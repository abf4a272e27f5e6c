"""Which images a training sees."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.augmentation import augment, batches_of_all_classes, shuffled_batches

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

    turned = augment(pixels, rng)

    assert turned.shape == pixels.shape
    assert turned.dtype == np.uint8
    assert 85 <= turned.min() <= turned.max() <= 125
