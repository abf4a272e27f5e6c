"""The researcher's pages of datasets."""

import io

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from ml.datasets.class_distribution import class_distribution
from ml.datasets.importing import import_images
from ml.models import Dataset, Image
from ml.pages.datasets import EXAMPLES_A_CLASS, THUMBNAIL
from tests.ml.factories import make_archive, make_dataset
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def page(browser: Client, dataset: Dataset) -> str:
    return browser.get(reverse("ml:dataset-detail", args=[dataset.pk])).content.decode()


def test_a_dataset_is_listed_and_shown(browser: Client) -> None:
    dataset = make_dataset("moles", per_class=7)

    listed = browser.get(reverse("ml:dataset-list")).content.decode()
    assert "moles" in listed
    assert "images of 3 classes" in listed
    text = page(browser, dataset)
    assert "21 images of 21 lesions" in text
    assert "made for a test" in text
    assert dataset.content_hash in text
    assert text.count("/datasets/image/") == 3 * EXAMPLES_A_CLASS
    assert f"?dataset={dataset.pk}" in text
    assert "on both sides" not in text


def test_classes_are_counted_side_by_side() -> None:
    images = [(f"nv-{number}", f"lesion-{number // 2}", "nv") for number in range(8)] + [("mel-0", "m0", "mel")]
    import_images(archive=make_archive([*images, ("mel-1", "m1", "mel")]), name="few", test_share=0.5)
    dataset = Dataset.objects.get()

    found = class_distribution(dataset)

    counted = {row.name: (row.train, row.test, row.lesions) for row in found.classes}
    assert counted == {"mel": (1, 1, 2), "nv": (4, 4, 4)}
    assert (found.train, found.test, found.total, found.lesions) == (5, 5, 10, 6)
    sides: dict[str, set[str]] = {}
    for image in Image.objects.all():
        sides.setdefault(image.lesion, set()).add(image.split)
    assert found.lesions_on_both_sides == sum(len(both) == 2 for both in sides.values())
    bars = {row.name: (row.train_percent, row.test_percent) for row in found.classes}
    assert bars == {"mel": (12.5, 12.5), "nv": (50, 50)}


def test_without_datasets_the_commands_are_told(browser: Client) -> None:
    text = browser.get(reverse("ml:dataset-list")).content.decode()

    for command in ("import_ham10000", "import_folder", "make_synthetic_dataset"):
        assert command in text


def test_an_example_is_sent_small(browser: Client) -> None:
    dataset = make_dataset(size=400, per_class=2, test_share=0.5)
    image = dataset.images.all()[0]

    answer = browser.get(reverse("ml:image-thumbnail", args=[image.pk]))

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "no-transform" in answer.headers["Cache-Control"]
    assert Picture.open(io.BytesIO(answer.content)).size == (THUMBNAIL, THUMBNAIL)


def test_an_example_that_is_gone_or_damaged_is_a_404(browser: Client) -> None:
    gone, damaged = make_dataset().images.all()[:2]
    default_storage.delete(str(gone.file.name))
    with default_storage.open(str(damaged.file.name), "wb") as file:
        file.write(b"no image")

    for image in (gone, damaged):
        assert browser.get(reverse("ml:image-thumbnail", args=[image.pk])).status_code == 404


def test_an_example_that_was_replaced_is_a_404(browser: Client) -> None:
    one, other = make_dataset().images.all()[:2]
    with other.file.open("rb") as file:
        data = file.read()
    with default_storage.open(str(one.file.name), "wb") as file:
        file.write(data)

    assert browser.get(reverse("ml:image-thumbnail", args=[one.pk])).status_code == 404
    assert browser.get(reverse("ml:image-thumbnail", args=[other.pk])).status_code == 200


def test_what_is_not_there_is_a_404(browser: Client) -> None:
    for name in ("dataset-detail", "image-thumbnail"):
        assert browser.get(reverse(f"ml:{name}", args=[999_999])).status_code == 404


def test_an_outsider_sees_no_image(client: Client) -> None:
    dataset = make_dataset()
    urls = [
        reverse("ml:dataset-list"),
        reverse("ml:dataset-detail", args=[dataset.pk]),
        reverse("ml:image-thumbnail", args=[dataset.images.all()[0].pk]),
    ]

    for url in urls:
        assert client.get(url).headers["Location"].startswith(reverse("login"))
