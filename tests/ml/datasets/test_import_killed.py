"""Imports as real processes: killed, interrupted, two at once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import ROOT, eventually, manage, project_environment, rows_in

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.ml.import_settings", "PERCEPTION_LEASE_SECONDS": "20"}
LONG = ("make_synthetic_dataset", "--train", "3000", "--test", "500", "--size", "64", "--name", "long")
SHORT = ("make_synthetic_dataset", "--train", "10", "--test", "4", "--size", "64")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    manage(tmp_path, "migrate", "--run-syncdb", "--verbosity", "0", **SETTINGS)
    return tmp_path


@contextmanager
def running_import(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a long import and yield once it has written some files; whatever happens, it is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *LONG],
        env=project_environment(data_dir, **SETTINGS),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        eventually(lambda: len(images(data_dir)) >= 10 or process.poll() is not None, "the import writes files")
        assert process.poll() is None
        yield process
    finally:
        process.kill()
        process.communicate()


def images(data_dir: Path) -> set[Path]:
    return set((data_dir / "media").rglob("*.png"))


def names(data_dir: Path) -> list[str]:
    return [row["name"] for row in rows_in(data_dir, "SELECT name FROM ml_dataset ORDER BY name")]


def is_claimed(data_dir: Path) -> bool:
    return bool(rows_in(data_dir, "SELECT 1 FROM ml_importclaim WHERE lease_until > CURRENT_TIMESTAMP"))


@pytest.mark.process
def test_killed_import_leaves_no_rows_and_the_next_one_sweeps_its_files(data_dir: Path) -> None:
    with running_import(data_dir) as process:
        os.kill(process.pid, signal.SIGSTOP)
        left = images(data_dir)
        # A running import's files have no rows yet either: another import must not touch them.
        manage(data_dir, *SHORT, "--name", "beside", **SETTINGS)
        assert left <= images(data_dir)
        assert names(data_dir) == ["beside"]
        with pytest.raises(AssertionError, match="another import into the dataset 'long' is running"):
            manage(data_dir, *SHORT, "--name", "long", **SETTINGS)
        os.kill(process.pid, signal.SIGKILL)
    assert names(data_dir) == ["beside"]
    assert left <= images(data_dir)
    eventually(lambda: not is_claimed(data_dir), "the lease of the killed import is over")
    said = manage(data_dir, *SHORT, "--name", "long", **SETTINGS)
    assert "Imported 14 images" in said
    assert not left & images(data_dir)
    assert names(data_dir) == ["beside", "long"]
    assert len(images(data_dir)) == 28
    assert len(list((data_dir / "media" / "datasets").iterdir())) == 2


@pytest.mark.process
@pytest.mark.usefixtures("ctrl_c_as_in_a_terminal")
def test_interrupted_import_clears_up_at_once(data_dir: Path) -> None:
    with running_import(data_dir) as process:
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "interrupted; nothing was imported" in said
        assert "Traceback" not in said
    assert list((data_dir / "media" / "datasets").iterdir()) == []
    assert not is_claimed(data_dir)
    assert names(data_dir) == []
