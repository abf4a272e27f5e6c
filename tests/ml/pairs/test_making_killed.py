"""A making of pairs as a real process, killed (kill −9): the same command goes on, and nothing is there twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, eventually, manage, project_environment, rows_in

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "tests.ml.import_settings",
    "PERCEPTION_CHECKPOINT_SECONDS": "0",
    "PERCEPTION_LEASE_SECONDS": "2",
}
IMAGES = 24
# An attack that asks its classifier often enough for a kill to come in between. All in one process: TensorFlow is
# imported once.
PREPARE = f"""
from django.core.management import call_command
call_command("migrate", "--run-syncdb", verbosity=0)
call_command("make_synthetic_dataset", "--train", "14", "--test", "{IMAGES}", "--size", "64")
from ml.models import Dataset
from tests.ml.pair_rows import make_working_classifier
make_working_classifier(Dataset.objects.get())
call_command("train_attack", "--kind", "pgd", "--steps", "50", "--name", "slow")
"""
MAKE_PAIRS = ("make_pairs", "--attack", "slow", "--name", "pairs")


def files(data_dir: Path) -> set[str]:
    return {f"pairs/{path.parent.name}/{path.name}" for path in (data_dir / "media" / "pairs").rglob("*.png")}


def rows(data_dir: Path, question: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in rows_in(data_dir, question)]


@pytest.mark.process
def test_a_killed_making_goes_on(tmp_path: Path) -> None:
    manage(tmp_path, "shell", "--no-imports", "--command", PREPARE, **SETTINGS)
    process = subprocess.Popen(
        [sys.executable, "manage.py", *MAKE_PAIRS],
        env=project_environment(tmp_path, **SETTINGS),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(
            lambda: list(tmp_path.glob("**/checkpoints/*/*-shard-000000*")) or process.poll() is not None,
            "a checkpoint",
        )
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.wait()
    assert rows(tmp_path, "SELECT count(*) FROM ml_imagepair") == [(0,)]
    left = files(tmp_path)
    assert 0 < len(left) < 2 * IMAGES

    said = manage(tmp_path, *MAKE_PAIRS, **SETTINGS)

    assert f"Pair set 'pairs': {IMAGES} pairs" in said
    pairs = rows(tmp_path, "SELECT clean_file, perturbed_file FROM ml_imagepair")
    named = {str(name) for pair in pairs for name in pair}
    assert len(pairs) == IMAGES
    assert files(tmp_path) == named
    assert named & left, "what was made before the kill was not made again"
    assert rows(tmp_path, "SELECT count(*) FROM ml_run WHERE kind = 'make_pairs'") == [(1,)]
    assert list(tmp_path.glob("media/checkpoints/*")) == []
