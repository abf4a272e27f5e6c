"""Losses of what a classifier reads: their values by hand, and what they do not depend on."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytestmark = pytest.mark.xdist_group("tensorflow")

LOGS = np.array([[-0.1, -3.0, -4.0, -6.0, -9.0], [-5.0, -0.2, -2.0, -8.0, -3.0]], dtype=np.float32)


def value(loss: object, logs: NDArray[np.float32], compared: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    from ml.networks.backend import keras

    assert callable(loss)
    tensors = [None if one is None else keras.ops.convert_to_tensor(one) for one in (logs, compared)]
    return np.asarray(loss(*tensors))


def test_the_ratio_of_logits_is_that_of_the_paper_with_the_best_other_class() -> None:
    from ml.networks.gradients.losses import logits_ratio

    # Class 1: z_o − z_t over z_π1 − (z_π3 + z_π4) / 2.
    expected = [(-0.1 + 3.0) / (-0.1 + (4.0 + 6.0) / 2), (-2.0 + 0.2) / (-0.2 + (3.0 + 5.0) / 2)]

    assert value(logits_ratio(1), LOGS) == pytest.approx(expected, rel=1e-6)
    assert value(logits_ratio(1), 1000 * LOGS + 7) == pytest.approx(expected, rel=1e-4), "scale and shift alter nothing"
    assert value(logits_ratio(1, margin=0.5), LOGS)[0] == pytest.approx((2.9 + 0.5) / 4.9)


def test_of_three_classes_and_of_two_there_is_a_ratio_too() -> None:
    from ml.networks.gradients.losses import logits_ratio

    assert value(logits_ratio(0), LOGS[:, 1:4])[0] == pytest.approx((-4.0 + 3.0) / (-3.0 + 5.0))
    last, nearer = np.array([[-1.0, -2.0, -6.0], [-1.0, -2.0, -5.0]], dtype=np.float32)
    assert value(logits_ratio(2), nearer[None]) < value(logits_ratio(2), last[None]), "a slope where it is the last"
    assert value(logits_ratio(1), LOGS[:, :2])[0] == pytest.approx(2.9)


def test_what_is_read_as_the_target_class_has_a_ratio_below_nothing() -> None:
    from ml.networks.gradients.losses import logits_ratio

    logs = np.random.default_rng(0).normal(0, 5, (500, 6)).astype(np.float32)

    assert np.array_equal(value(logits_ratio(2), logs) < 0, logs.argmax(axis=1) == 2)


def test_likeness_falls_from_the_clean_image_to_the_target_class_and_knows_no_scale() -> None:
    from ml.networks.gradients.losses import similarity

    loss = similarity(1, margin=0.2)
    clean = LOGS[:1]
    target = np.array([[0.0, 9.0, 0.0, 0.0, 0.0]], dtype=np.float32)
    way = [value(loss, (1 - share) * clean + share * target, clean)[0] for share in (0, 0.25, 0.5, 0.75, 1)]

    assert way == sorted(way, reverse=True)
    # At the clean image s_p = 1; what it lacks of the target class is w_n s_n.
    centred, wanted = clean[0] - clean.mean(), target[0] - target.mean()
    to_target = centred @ wanted / np.linalg.norm(centred) / np.linalg.norm(wanted)
    assert way[0] == pytest.approx(0.8 * 1 - (1.2 - to_target) * to_target, rel=1e-5)
    assert value(loss, 50 * LOGS, 3 * LOGS) == pytest.approx(value(loss, LOGS, LOGS), rel=1e-4)
