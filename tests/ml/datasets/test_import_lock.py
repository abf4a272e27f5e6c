"""Claims: what a dead import left is swept, and nothing else."""

import json
import uuid
from pathlib import Path

import pytest
from django.core.files import locks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from ml.datasets.import_lock import claimed_folder
from ml.errors import MlError
from ml.models import Dataset, Image
from ml.runs.storage import folder_of
from tests.ml.factories import make_dataset

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def claims(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "imports").mkdir()
    return tmp_path / "imports"


def write_claim(claims: Path, uid: uuid.UUID, name: str = "dead") -> Path:
    path = claims / f"{uuid.uuid4()}.claim"
    path.write_text(json.dumps({"dataset": str(uid), "name": name}))
    return path


def test_abandoned_claim_is_swept(claims: Path) -> None:
    uid = uuid.uuid4()
    path = write_claim(claims, uid)
    default_storage.save(f"{folder_of(uid)}/orphan.png", ContentFile(b"x"))
    with claimed_folder(dataset_uid=uuid.uuid4(), name="new"):
        assert not default_storage.exists(folder_of(uid))
        assert not path.exists()
        assert len(list(claims.glob("*.claim"))) == 1
    assert list(claims.glob("*.claim")) == []


def test_held_claim_is_not_swept_and_keeps_its_name(claims: Path) -> None:
    uid = uuid.uuid4()
    default_storage.save(f"{folder_of(uid)}/image.png", ContentFile(b"x"))
    path = write_claim(claims, uid, name="running")
    with path.open() as held:
        locks.lock(held, locks.LOCK_EX)
        with claimed_folder(dataset_uid=uuid.uuid4(), name="other"):
            pass
        with pytest.raises(MlError, match="'running' is running"), claimed_folder(dataset_uid=uid, name="running"):
            pytest.fail("the name is taken")
    assert default_storage.exists(f"{folder_of(uid)}/image.png")
    assert path.exists()


def test_sweep_keeps_the_files_that_images_have(claims: Path) -> None:
    """An import that died after its transaction, before it took its claim back."""
    dataset = make_dataset()
    write_claim(claims, dataset.uid)
    default_storage.save(f"{folder_of(dataset.uid)}/orphan.png", ContentFile(b"x"))
    with claimed_folder(dataset_uid=uuid.uuid4(), name="new"):
        pass
    _, names = default_storage.listdir(folder_of(dataset.uid))
    assert {f"{folder_of(dataset.uid)}/{name}" for name in names} == set(
        Image.objects.filter(dataset=dataset).values_list("file", flat=True)
    )
    assert Dataset.objects.count() == 1


@pytest.mark.parametrize("text", ["", '{"dataset": "', "\x00\x00"])
def test_claim_that_was_never_written_whole_is_taken_away(claims: Path, text: str) -> None:
    path = claims / f"{uuid.uuid4()}.claim"
    path.write_text(text)
    with claimed_folder(dataset_uid=uuid.uuid4(), name="new"):
        assert not path.exists()
