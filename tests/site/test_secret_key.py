"""The secret key is made once, whole or not at all."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from perception.site.secret_key import read_or_make_secret_key


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = read_or_make_secret_key(tmp_path / "key")

    assert len(key) == 50
    assert read_or_make_secret_key(tmp_path / "key") == key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_full_disk_leaves_nothing_and_the_next_start_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ImproperlyConfigured, match="No space left on device"):
            read_or_make_secret_key(tmp_path / "key")

    assert list(tmp_path.iterdir()) == []
    assert len(read_or_make_secret_key(tmp_path / "key")) == 50


def test_an_empty_file_is_replaced_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "key").write_text("")
    keys: set[str] = set()
    threads = [threading.Thread(target=lambda: keys.add(read_or_make_secret_key(tmp_path / "key"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert keys == {(tmp_path / "key").read_text()}
    assert len(keys.pop()) == 50
    assert caplog.text.count("was empty") == 1


def test_a_short_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("tiny")

    with pytest.raises(ImproperlyConfigured, match="holds 4 characters") as told:
        read_or_make_secret_key(tmp_path / "key")

    assert "tiny" not in str(told.value)
    assert (tmp_path / "key").read_text() == "tiny"
