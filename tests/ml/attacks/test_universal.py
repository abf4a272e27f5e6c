"""One perturbation for all images, learnt for real on a tiny classifier."""

import numpy as np
import pytest

from tests.ml.attacks.perturbing import attack, make_classifier, make_images, rarest_class, read

pytestmark = [
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("shallow_generator"),
    pytest.mark.django_db,  # checkpoints are named there
]

STRENGTH = 32.0


@pytest.mark.training
@pytest.mark.parametrize("turn", ["off", "on"])
def test_every_image_gets_the_change_that_was_learnt(turn: str) -> None:
    classifier, images = make_classifier(), make_images(12)
    target = rarest_class(classifier, images)
    asked = {"steps": 60, "batch_size": 4, "filters": 4, "loss": "margin", "draw": "classes-alike", "turn": turn}

    twins = attack("universal", classifier, images, target=target, strength=STRENGTH, settings=asked)

    inner = np.all((images > STRENGTH) & (images < 255 - STRENGTH), axis=0)
    changes = (twins.astype(int) - images)[:, inner]
    assert inner.any()
    assert np.all(np.abs(changes - changes[0]) <= 1)  # rounded to whole levels
    assert 0 < np.abs(changes).max() <= STRENGTH
    assert np.mean(read(classifier, twins)[:, target]) > np.mean(read(classifier, images)[:, target])
