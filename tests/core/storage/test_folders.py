"""Folders of the storage, on a disk that has them and on a server that speaks S3, which has none."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from perception.core.storage.folders import delete_files, empty_folder, files_in, remove_empty_folder

pytestmark = pytest.mark.usefixtures("either_storage")


@pytest.fixture
def folder() -> str:
    return f"pairs/{uuid.uuid4()}"


def saved(folder: str, *names: str) -> list[str]:
    return [default_storage.save(f"{folder}/{name}", ContentFile(b"x")) for name in names]


def test_the_files_of_a_folder_are_those_in_it_and_not_below(folder: str) -> None:
    names = saved(folder, "a.png", "b.png", "below/c.png")
    assert sorted(files_in(folder)) == names[:2]


def test_a_folder_that_is_not_there_has_no_files(folder: str) -> None:
    assert files_in(folder) == []
    assert empty_folder(folder) == 0
    remove_empty_folder(folder)


def test_some_files_stay(folder: str) -> None:
    kept, _, _ = saved(folder, "a.png", "b.png", "c.png")
    assert empty_folder(folder, but={kept}) == 2
    assert files_in(folder) == [kept]


def test_an_emptied_folder_goes(folder: str) -> None:
    saved(folder, "a.png", "b.png")
    assert empty_folder(folder) == 2
    assert not default_storage.exists(folder)


def test_a_folder_with_something_below_stays(folder: str) -> None:
    _, below = saved(folder, "a.png", "below/b.png")
    empty_folder(folder)
    assert default_storage.exists(below)


def test_files_that_are_gone_already_are_passed_over(folder: str) -> None:
    names = saved(folder, "a.png", "b.png")
    default_storage.delete(names[0])
    delete_files(names)
    assert files_in(folder) == []
