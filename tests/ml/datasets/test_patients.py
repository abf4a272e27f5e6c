"""What an archive told of people: read as it stands in the rows of the images, and no more than that."""

import pytest

from ml.datasets.patients import Patients, patients_of
from ml.models import Dataset, Image
from tests.ml.factories import make_dataset

pytestmark = pytest.mark.django_db


def tell(dataset: Dataset, split: str, *told: dict[str, object]) -> None:
    for image, metadata in zip(dataset.images.filter(split=split).order_by("name"), told, strict=False):
        Image.objects.filter(pk=image.pk).update(metadata=metadata)


def test_ages_and_words_are_counted_on_each_side() -> None:
    dataset = make_dataset(classes=("mel", "nv"), per_class=5)
    tell(
        dataset,
        "test",
        {"age": 70.0, "sex": "male", "dx_type": "histo"},
        {"age": 40, "sex": "female", "dx_type": "consensus"},
        {"age": None, "sex": "female", "dx_type": "histo"},
        {"age": "unknown", "sex": ""},
    )

    sides = patients_of(dataset)

    assert sides["test"] == Patients(4, (40, 70.0), {"female": 2, "male": 1}, {"histo": 2, "consensus": 1})
    assert list(sides["test"].confirmations) == ["histo", "consensus"]
    assert sides["test"].median_age == 55
    assert sides["train"] == Patients(6, (), {}, {})
    assert sides["train"].median_age is None
