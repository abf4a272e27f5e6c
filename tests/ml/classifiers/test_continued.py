"""A training that goes on from a classifier, as it is asked for and as it is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from numpy.typing import NDArray

from ml.classifiers.architectures import EXTERNAL
from ml.classifiers.stored_options import TrainingRecord, trainings_gone_on_with
from ml.classifiers.training import ClassifierTraining
from ml.errors import MlError
from ml.models import Classifier
from ml.runs.lifecycle import perform
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_classifier

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("eager_networks"),
]

# So small a step that the weights stay where they were.
STILL: dict[str, Any] = {"steps": 1, "batch_size": 9, "learning_rate": 1e-9}


def learnt(classifier: Classifier) -> dict[str, NDArray[np.float32]]:
    """Return the weights that are learnt, by the layer's name without those of the networks it lies in."""
    from ml.classifiers.weights import load_classifier

    def walk(network: Any) -> dict[str, NDArray[np.float32]]:
        found: dict[str, NDArray[np.float32]] = {}
        for layer in network.layers:
            if hasattr(layer, "layers"):
                found |= walk(layer)
            else:
                name = layer.name.removeprefix("backbone_")
                found |= {f"{name} {weight.name}": np.asarray(weight) for weight in layer.trainable_weights}
        return found

    return walk(load_classifier(classifier))


def backbone_file(folder: Path) -> str:
    """Return a network within a network, as Keras' tutorials save them."""
    from ml.networks.backend import keras, reset_session

    reset_session(4)
    layers = keras.layers
    base = keras.Sequential([keras.Input((16, 16, 3)), layers.Conv2D(4, 3, name="stem"), layers.BatchNormalization()])
    whole = keras.Sequential([keras.Input((16, 16, 3)), base, layers.GlobalAveragePooling2D(), layers.Dense(2)])
    whole.save(folder / "base.keras")
    return str(folder / "base.keras")


@pytest.mark.training
@pytest.mark.parametrize("size", [None, 32, 48])
@pytest.mark.parametrize("architecture", ["densenet-tiny", "backbone"])
def test_the_training_begins_where_the_other_ended(tmp_path: Path, architecture: str, size: int | None) -> None:
    dataset = make_dataset()
    weights = backbone_file(tmp_path) if architecture == "backbone" else None
    first = perform(
        ClassifierTraining(
            dataset=dataset,
            name="first",
            architecture=architecture,
            image_size=32,
            weights=weights,
            steps=2,
            batch_size=4,
            seed=1,
        )
    )
    asked = ClassifierTraining(
        dataset=dataset,
        name="second",
        architecture=architecture,
        image_size=size,
        continue_from=first,
        seed=2,
        **STILL,
    )

    second = perform(asked)

    before, after = learnt(first), learnt(second)
    assert before.keys() == after.keys()
    assert max(float(np.abs(before[name] - after[name]).max()) for name in before) < 1e-6
    assert second.image_size == second.options["image_size"] == (size or 32)
    assert second.metrics["n"] == first.metrics["n"]
    assert ClassifierTraining.from_options(asked.as_options()) == asked
    assert_told_of(second, first=first, began_with="base.keras" if weights else None)


def assert_told_of(second: Classifier, *, first: Classifier, began_with: str | None) -> None:
    """Check that the record tells what the training went on with, and with what that had begun."""
    alone, record = TrainingRecord.of(first), TrainingRecord.of(second)
    assert alone is not None
    assert record is not None
    assert (alone.earlier, alone.first_seed, alone.weights) == ((), 1, began_with)
    assert (record.seed, record.first_seed, record.weights) == (2, 1, began_with)
    (before,) = record.earlier
    assert (before.name, before.weights_sha256, before.image_size) == ("first", first.weights_sha256, 32)
    assert (before.steps, before.batch_size, before.learning_rate, before.seed) == (2, 4, alone.learning_rate, 1)


@pytest.mark.training
def test_the_command_takes_dataset_architecture_and_size_from_the_classifier() -> None:
    dataset = make_dataset()
    perform(
        ClassifierTraining(
            dataset=dataset, name="first", architecture="densenet-tiny", image_size=24, steps=1, batch_size=4
        )
    )
    make_dataset("newer")

    call_command("train_classifier", "--continue-from", "first", "--steps", "1", "--batch-size", "4")

    second = Classifier.objects.latest("pk")
    assert (second.dataset, second.architecture, second.image_size) == (dataset, "densenet-tiny", 24)
    assert second.name == "lesions densenet-tiny"


def test_all_trainings_before_are_told_of_though_their_classifiers_be_gone() -> None:
    dataset = make_dataset()
    options: dict[str, Any] = {"steps": 30, "batch_size": 4, "learning_rate": 0.1, "weights": "/a/folder/start.keras"}
    first = make_classifier(dataset, name="first", options=options | {"seed": 5})
    later = options | {"weights": None}
    second = make_classifier(
        dataset, name="second", options=later | {"seed": 6}, provenance=trainings_gone_on_with(first)
    )
    third = make_classifier(
        dataset, name="third", options=later | {"seed": 7}, provenance=trainings_gone_on_with(second)
    )
    Classifier.objects.exclude(pk=third.pk).delete()

    record = TrainingRecord.of(Classifier.objects.get())

    assert record is not None
    assert [(one.name, one.seed) for one in record.earlier] == [("second", 6), ("first", 5)]
    assert (record.weights, record.first_seed, record.seed) == ("start.keras", 5, 7)
    assert trainings_gone_on_with(None) == {}


def test_what_an_earlier_version_asked_for_is_still_understood() -> None:
    work = ClassifierTraining(dataset=make_dataset(), name="queued before", architecture="densenet-tiny")
    options = work.as_options()
    del options["continue_from"]

    assert ClassifierTraining.from_options(options) == work


@pytest.mark.parametrize(
    ("before", "asked", "message"),
    [
        ({}, {"weights": "imagenet"}, "--weights: leave it out; with --continue-from"),
        ({}, {"architecture": "densenet-small"}, "the classifier first is a densenet-tiny; its training cannot go on"),
        ({"architecture": EXTERNAL}, {}, "others trained the classifier first"),
        (
            {"classes": ["bcc", "nv", "mel"]},
            {},
            "the dataset lesions has other classes by now",
        ),
        ({"weights_sha256": "0" * 64}, {}, "The weights of the classifier first"),
        ({}, {"image_size": 8}, "--image-size of densenet-tiny is 16 to 1024"),
    ],
)
def test_what_cannot_be_gone_on_with_is_refused_at_once(
    before: dict[str, Any], asked: dict[str, Any], message: str
) -> None:
    first = make_classifier(name="first", **before)
    options = {"architecture": "densenet-tiny"} | asked

    with pytest.raises(MlError, match=message):
        ClassifierTraining(dataset=first.dataset, name="second", continue_from=first, **options).check()


def test_what_learnt_from_another_dataset_is_refused() -> None:
    """Its train images may be test images here, and would be read well for that alone."""
    first = make_classifier(name="first")

    with pytest.raises(MlError, match="learnt from the dataset lesions, and may have seen test images of other"):
        ClassifierTraining(
            dataset=make_dataset("other"), name="second", architecture="densenet-tiny", continue_from=first
        ).check()
