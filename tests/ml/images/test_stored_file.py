"""A stored file is read as it was stored, or not at all."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from ml.images.stored_file import AlteredFileError, read_stored, read_unaltered
from ml.models import Image

DATA = b"the bytes of an image"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def image(settings: Settings, tmp_path: Path) -> Image:
    settings.MEDIA_ROOT = tmp_path
    return Image(file=default_storage.save("an/image.png", ContentFile(DATA)))


def test_it_is_read_as_it_was_stored(image: Image) -> None:
    assert read_unaltered(image.file, SHA256) == read_stored(image.file) == DATA


def test_an_altered_file_is_refused(image: Image, tmp_path: Path) -> None:
    (tmp_path / "an/image.png").write_bytes(DATA.upper())
    with pytest.raises(AlteredFileError):
        read_unaltered(image.file, SHA256)
    assert read_stored(image.file) == DATA.upper()


def test_a_file_that_is_gone_is_an_error_of_the_system(image: Image, tmp_path: Path) -> None:
    (tmp_path / "an/image.png").unlink()
    with pytest.raises(FileNotFoundError):
        read_unaltered(image.file, SHA256)
