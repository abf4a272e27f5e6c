"""Classifiers and attacks in the database whose weights are stored, hashed and never loaded."""

import uuid
from typing import Any

import numpy as np

from ml.classifiers.metrics import classification_metrics
from ml.classifiers.weights import store_weights
from ml.models import Attack, Classifier, Dataset
from tests.ml.factories import make_dataset


def make_classifier(dataset: Dataset | None = None, **fields: Any) -> Classifier:
    """Return a classifier of a dataset's classes that read ten test images, eight of them rightly."""
    dataset = dataset or make_dataset()
    weights, sha256 = store_weights(b"never loaded", uid=uuid.uuid4())
    truth = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2])
    said = np.array([0, 0, 2, 1, 1, 1, 2, 2, 2, 1])
    fields = {
        "name": "moles tiny",
        "architecture": "densenet-tiny",
        "classes": dataset.classes,
        "image_size": 24,
        "weights": weights,
        "weights_sha256": sha256,
        "options": {"learning_rate": 0.002, "weights": None},
        "history": {"loss": [1.5, 0.5], "accuracy": [0.25, 0.75]},
        "metrics": classification_metrics(truth, said, classes=dataset.classes),
        "provenance": {"seconds": 65.0, "seed": 7, "versions": {"numpy": "2.4.6"}},
        **fields,
    }
    return Classifier.objects.create(dataset=dataset, **fields)


def make_attack(classifier: Classifier | None = None, **fields: Any) -> Attack:
    """Return an attack on a classifier."""
    classifier = classifier or make_classifier()
    weights, sha256 = store_weights(b"never loaded", uid=uuid.uuid4())
    fields = {
        "name": "moles attack",
        "kind": "generator",
        "target_class": "nv",
        "strength": 8.0,
        "weights": weights,
        "weights_sha256": sha256,
        "options": {"strength": 8.0, "settings": {"ssim_penalty": 0.5}},
        "history": {"loss": [2.0, -1.0], "fooled": [0.0, 1.0]},
        **fields,
    }
    return Attack.objects.create(classifier=classifier, **fields)
