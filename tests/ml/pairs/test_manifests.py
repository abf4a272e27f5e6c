"""The manifest of a making of pairs: what it names lies where a node finds it that sees the work folder alone."""

import uuid
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from ml.errors import MlError
from ml.models import Attack, Image
from ml.pairs.manifests import write_pair_manifest
from ml.shards.making import make_shard
from ml.shards.manifest import Manifest, read_manifest
from tests.ml.universal_attack import make_universal_attack

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.WORK_DIR = tmp_path / "seen by all"


@pytest.fixture
def attack() -> Attack:
    return make_universal_attack(per_class=5)


def images_of(attack: Attack) -> list[Image]:
    return list(attack.attacked_classifier.dataset.images.select_related("dataset").order_by("name"))


def written(attack: Attack, *, left: list[int], copies: bool) -> Manifest:
    return write_pair_manifest(
        attack,
        images_of(attack),
        uid=uuid.uuid4(),
        batch_size=4,
        cut=[(0, 4), (4, 15)],
        left=left,
        copies=copies,
    )


def test_copies_are_all_that_a_shard_needs(attack: Attack) -> None:
    manifest = written(attack, left=[0, 1], copies=True)
    for image in images_of(attack):
        default_storage.delete(str(image.file.name))
    default_storage.delete(str(attack.weights.name))

    result = make_shard(read_manifest(manifest.folder), 1)

    assert [twin.image_id for twin in result.twins] == [image.pk for image in images_of(attack)[4:]]


def test_where_nodes_see_the_data_folder_images_stay_where_they_are(attack: Attack) -> None:
    manifest = written(attack, left=[0, 1], copies=False)

    assert all(Path(image.file.path).is_absolute() for image in manifest.images)
    assert len(list((manifest.folder / "inputs").iterdir())) == 1  # the attack
    assert make_shard(manifest, 0).twins


def test_images_of_shards_that_are_collected_are_not_brought(attack: Attack) -> None:
    default_storage.delete(str(images_of(attack)[2].file.name))

    manifest = written(attack, left=[1], copies=True)

    assert len(list((manifest.folder / "inputs").iterdir())) == 12  # eleven images and the attack
    assert make_shard(manifest, 1).twins


def test_an_image_that_is_gone_is_named_before_a_shard_is_made(attack: Attack) -> None:
    image = images_of(attack)[2]
    default_storage.delete(str(image.file.name))

    with pytest.raises(MlError, match=f"The image {image.name} of the dataset lesions cannot be read"):
        written(attack, left=[0, 1], copies=True)
