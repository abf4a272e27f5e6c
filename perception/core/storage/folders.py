"""Folders of the file storage, whichever kind it is: a disk has them, a server that speaks S3 has names alone."""

from collections.abc import Collection, Iterable

from django.core.files.storage import default_storage


def files_in(folder: str) -> list[str]:
    """Return the names in the storage of the files that lie in a folder itself; none where there is no such folder."""
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in names]


def delete_files(names: Iterable[str]) -> None:
    """Remove files, with as few requests as the storage can; one that is gone already is passed over.

    Raises
    ------
    OSError
        One of them cannot be removed.
    """
    wanted = list(names)
    delete_many = getattr(default_storage, "delete_many", None)
    if delete_many is not None:
        delete_many(wanted)
        return
    for name in wanted:
        default_storage.delete(name)


def empty_folder(folder: str, *, but: Collection[str] = ()) -> int:
    """Remove the files that lie in a folder itself, but some; the folder goes if it is then empty. Return how many."""
    there = files_in(folder)
    unwanted = [name for name in there if name not in but]
    delete_files(unwanted)
    if len(unwanted) == len(there):
        remove_empty_folder(folder)
    return len(unwanted)


def remove_empty_folder(folder: str) -> None:
    """Remove a folder with nothing in it; one that is not there, or that has something, stays as it is."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    # S3 has no folders: what is listed there is what names begin with, and there is nothing to remove.
    if not folders and not names and default_storage.exists(folder):
        default_storage.delete(folder)
