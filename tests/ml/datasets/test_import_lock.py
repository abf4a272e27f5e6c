"""Claims: what a dead import left is swept, and nothing else."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from pytest_django import Settings

from ml.datasets.import_lock import claimed_folder
from ml.errors import MlError
from ml.models import Dataset, Image, ImportClaim
from ml.runs.leases.lease import from_now
from ml.runs.leases.process import this_process
from ml.runs.storage import folder_of
from ml.workers.presence import note_death
from tests.ml.factories import make_dataset

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def write_claim(uid: uuid.UUID, name: str = "dead", *, seconds_left: float = -1.0) -> ImportClaim:
    """Write the claim of another process; one whose lease is over is that of a dead one."""
    return ImportClaim.objects.create(
        dataset_uid=uid, name=name, process="another", lease_until=from_now(dt.timedelta(seconds=seconds_left))
    )


def test_an_abandoned_claim_is_swept() -> None:
    uid = uuid.uuid4()
    write_claim(uid)
    default_storage.save(f"{folder_of(uid)}/orphan.png", ContentFile(b"x"))
    with claimed_folder(dataset_uid=uuid.uuid4(), name="new"):
        assert not default_storage.exists(folder_of(uid))
        assert [claim.name for claim in ImportClaim.objects.all()] == ["new"]
    assert not ImportClaim.objects.exists()


def test_a_held_claim_is_not_swept_and_keeps_its_name() -> None:
    uid = uuid.uuid4()
    default_storage.save(f"{folder_of(uid)}/image.png", ContentFile(b"x"))
    held = write_claim(uid, name="running", seconds_left=30)
    with claimed_folder(dataset_uid=uuid.uuid4(), name="other"):
        pass
    with pytest.raises(MlError, match="'running' is running"), claimed_folder(dataset_uid=uid, name="running"):
        pytest.fail("the name is taken")
    assert default_storage.exists(f"{folder_of(uid)}/image.png")
    assert ImportClaim.objects.get() == held


def test_a_sweep_keeps_the_files_that_images_have() -> None:
    """An import that died after its transaction, before it took its claim back."""
    dataset = make_dataset()
    write_claim(dataset.uid)
    default_storage.save(f"{folder_of(dataset.uid)}/orphan.png", ContentFile(b"x"))
    with claimed_folder(dataset_uid=uuid.uuid4(), name="new"):
        pass
    _, names = default_storage.listdir(folder_of(dataset.uid))
    assert {f"{folder_of(dataset.uid)}/{name}" for name in names} == set(
        Image.objects.filter(dataset=dataset).values_list("file", flat=True)
    )
    assert Dataset.objects.count() == 1


def test_an_import_that_stood_still_too_long_stores_nothing() -> None:
    uid = uuid.uuid4()
    with claimed_folder(dataset_uid=uid, name="slow") as claim:
        default_storage.save(f"{claim.folder}/image.png", ContentFile(b"x"))
        with transaction.atomic():
            claim.lock()
        ImportClaim.objects.update(lease_until=from_now(-dt.timedelta(seconds=1)))
        with claimed_folder(dataset_uid=uuid.uuid4(), name="slow"):  # of another process
            assert not default_storage.exists(f"{claim.folder}/image.png")
            with pytest.raises(MlError, match="was not heard of"), transaction.atomic():
                claim.lock()


def test_nobody_waits_for_the_claim_of_a_worker_that_is_known_to_have_died() -> None:
    ImportClaim.objects.create(
        dataset_uid=uuid.uuid4(),
        name="again",
        process=this_process(),
        lease_until=from_now(dt.timedelta(seconds=30)),
    )
    note_death(int(this_process().split("-")[-2]))

    with claimed_folder(dataset_uid=uuid.uuid4(), name="again"):
        pass
