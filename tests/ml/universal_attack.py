"""An attack in the database that adds one change to all images, and asks no network: what takes no time."""

import io
import uuid

import numpy as np

from ml.classifiers.weights import store_weights
from ml.models import Attack
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_attack, make_classifier


def make_universal_attack(*, per_class: int = 40) -> Attack:
    """Return the attack; of the three classes' images, two in five are on the test side."""
    change = io.BytesIO()
    np.save(change, np.random.default_rng(2).uniform(-0.03, 0.03, (1, 24, 24, 3)).astype(np.float32))
    weights, sha256 = store_weights(change.getvalue(), uid=uuid.uuid4())
    classifier = make_classifier(make_dataset(per_class=per_class))
    return make_attack(classifier, kind="universal", weights=weights, weights_sha256=sha256, options={})
