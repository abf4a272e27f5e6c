"""Plain files are read; what would never end, or is too large to be meant, is not."""

import os
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from perception.core.input_files.plain_file import NotPlainFileError, TooLargeError, check_plain_file, read_plain_file
from perception.core.input_files.source import read_input_file


def test_a_plain_file_is_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    assert read_plain_file(tmp_path / "b", limit=3) == b"abc"
    with pytest.raises(TooLargeError, match="larger than 0 MiB"):
        read_plain_file(tmp_path / "b", limit=2)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        check_plain_file(tmp_path, limit=9)
    with pytest.raises(FileNotFoundError):
        check_plain_file(tmp_path / "nothing", limit=9)


def test_a_device_or_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(NotPlainFileError):
            read_plain_file(path, limit=9)
        with pytest.raises(CommandError, match="no plain file"):
            read_input_file(str(path))
