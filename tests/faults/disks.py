"""A small disk that a test may fill, or make read-only: a file system in memory, which root may mount."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

BLOCK = 4096


@dataclass(frozen=True)
class SmallDisk:
    """A disk that is mounted."""

    folder: Path

    def fill(self, *, but_bytes: int = 0) -> None:
        """Leave so many bytes of room, and no more."""
        with self._ballast.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(BLOCK))
        if but_bytes:
            os.truncate(self._ballast, max(0, self._ballast.stat().st_size - but_bytes))

    def make_room(self) -> None:
        """Take away what it was filled with."""
        self._ballast.unlink()

    def set_read_only(self, *, on: bool) -> None:
        """Let nothing be written, or again; an OSError where a file is open for writing."""
        _mount("--options", f"remount,{'ro' if on else 'rw'}", str(self.folder))

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a disk at a folder, which is made, while the block runs; skip the test where that is not allowed.

    In CI too: it may run as somebody who may not mount.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _mount("--types", "tmpfs", "--options", f"size={megabytes}m,mode=0755", "perception-faults", str(folder))
    except OSError as error:
        pytest.skip(f"a disk that may be filled cannot be mounted here: {error.strerror}")
    try:
        yield SmallDisk(folder)
    finally:
        # Lazily: should a process still be at it, its files go with it.
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def files_on_small_disk(data_dir: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    """Let the files of a data folder lie on a disk of their own while the block runs, and its database not."""
    media, before = data_dir / "media", data_dir / "media-before"
    with small_disk(data_dir / "disk", megabytes=megabytes) as disk:
        shutil.copytree(media, disk.folder / "media")
        media.rename(before)
        media.symlink_to(disk.folder / "media")
        yield disk


def _mount(*arguments: str) -> None:
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise OSError(errno.ENOSYS, "there is no program `mount`") from error
    if done.returncode:
        raise OSError(errno.EPERM, done.stderr.strip())
