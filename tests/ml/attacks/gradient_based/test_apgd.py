"""APGD: it fools a linear classifier exactly where that can be done, and goes further down the loss than PGD."""

from typing import Any

import numpy as np
import pytest

from tests.ml.attacks.linear import TARGET, image_at, lack_of, make_linear
from tests.ml.attacks.perturbing import attack, make_classifier, make_images, rarest_class, read

pytestmark = pytest.mark.xdist_group("tensorflow")


@pytest.mark.parametrize("loss", ["cross-entropy", "dlr", "both"])
def test_it_fools_a_linear_classifier_where_the_strength_is_enough_and_not_below(loss: str) -> None:
    network, weights = make_linear()
    a_level = np.abs(weights).sum() / 255
    clean = image_at(3.6 * a_level, weights)

    lacks = {
        strength: lack_of(
            attack("apgd", network, clean, target=TARGET, strength=strength, settings={"loss": loss, "steps": 40}),
            weights,
        )[0]
        for strength in (3, 4)
    }

    assert lacks[4] < 0
    # The best that three levels can do, to a thousandth, and that is not enough.
    assert lacks[3] == pytest.approx(lack_of(clean, weights)[0] - 3 * a_level, abs=0.001 * a_level)
    assert lacks[3] > 0


def test_it_ends_nearer_to_the_target_class_than_pgd_with_as_many_steps() -> None:
    classifier = make_classifier()
    images = make_images(12)
    target = rarest_class(classifier, images)

    def lead(kind: str, settings: dict[str, Any]) -> Any:
        twins = attack(kind, classifier, images, target=target, strength=4, settings=settings | {"stop": "never"})
        logs = read(classifier, twins)
        return logs[:, target] - np.delete(logs, target, axis=1).max(axis=1)

    pgd = lead("pgd", {"steps": 40})
    by_entropy, by_ratio = (lead("apgd", {"steps": 40, "loss": loss}) for loss in ("cross-entropy", "dlr"))
    assert by_entropy.mean() > pgd.mean()
    for apgd in (by_entropy, by_ratio):
        assert (apgd > 0).sum() >= (pgd > 0).sum()


def test_it_stops_where_the_target_leads_by_the_margin() -> None:
    classifier = make_classifier()
    images = make_images(12)
    target = rarest_class(classifier, images)

    leads = []
    for margin in (0.5, 5.0):
        twins = attack("apgd", classifier, images, target=target, strength=16, settings={"steps": 30, "margin": margin})
        logs = read(classifier, twins)
        leads.append(logs[:, target] - np.delete(logs, target, axis=1).max(axis=1))

    assert (leads[0] >= 0.5 - 1e-3).all()
    assert (leads[1] >= 5.0 - 1e-3).all()
    assert np.median(leads[0]) < np.median(leads[1])


def test_it_is_looked_after_the_published_shares_of_the_steps() -> None:
    from ml.attacks.gradient_based.apgd import _checks

    # p = 0.22, 0.41, 0.57, 0.70, 0.80, 0.87, 0.93, 0.99 (Croce & Hein 2020, section 3.1)
    assert sorted(_checks(100)) == [22, 41, 57, 70, 80, 87, 93, 99]
    assert sorted(_checks(1000)) == [220, 410, 570, 700, 800, 870, 930, 990]
