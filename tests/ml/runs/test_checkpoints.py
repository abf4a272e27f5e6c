"""The state of a run in the storage: what is read is what was written last, whole."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ml.models import CheckpointPart
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.storage import checkpoint_folder

pytestmark = pytest.mark.django_db


def files(uid: str) -> list[str]:
    try:
        return default_storage.listdir(checkpoint_folder(uid))[1]
    except FileNotFoundError:
        return []


def test_a_part_is_replaced_read_and_removed() -> None:
    checkpoint = Checkpoint("one", every=0)
    assert checkpoint.read("part") is None
    assert not has_checkpoint("one")

    checkpoint.write("part", b"first")
    checkpoint.write_if_due("part", lambda: b"second")

    assert Checkpoint("one").read("part") == b"second"
    assert has_checkpoint("one")
    assert len(files("one")) == 1
    checkpoint.remove()
    assert not has_checkpoint("one")
    assert files("one") == []
    checkpoint.remove()


def test_it_is_written_only_when_its_time_has_come() -> None:
    checkpoint = Checkpoint("two", every=3600)
    checkpoint.write_if_due("part", lambda: pytest.fail("it was not due"))

    assert not has_checkpoint("two")


def test_a_file_that_never_came_into_force_is_no_state_and_goes_with_it() -> None:
    checkpoint = Checkpoint("three")
    default_storage.save(f"{checkpoint_folder('three')}/half-part", ContentFile(b"ha"))

    assert not has_checkpoint("three")
    assert checkpoint.read("part") is None
    checkpoint.remove()
    assert files("three") == []


@pytest.mark.parametrize("damage", [b"hal", b"", None])
def test_a_part_that_is_not_as_it_was_written_is_not_gone_on_from(damage: bytes | None) -> None:
    checkpoint = Checkpoint("four")
    checkpoint.write("part", b"half")
    path = Path(default_storage.path(CheckpointPart.objects.get().file))
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)

    assert checkpoint.read("part") is None

    checkpoint.write("part", b"anew")
    assert checkpoint.read("part") == b"anew"
    checkpoint.remove()
