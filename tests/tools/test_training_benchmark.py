"""The benchmark runs through all stages on a tiny network, and leaves nothing."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.processes import ROOT, project_environment

# As `python -m` runs it, with a generator without its six dense blocks, which take seconds to trace.
SHALLOW = """
from ml.networks.architectures import generator
generator.DENSE_BLOCKS = 0
import runpy
runpy.run_module("tools.training_benchmark", run_name="__main__", alter_sys=True)
"""
STAGES = ["import", "read", "classifier step", "attack step", "pairs", "evaluation"]


@pytest.mark.process
@pytest.mark.training
def test_it_measures_every_stage(tmp_path: Path) -> None:
    options = ("--architecture", "densenet-tiny", "--image-size", "24", "--images", "96", "--steps", "3")

    done = subprocess.run(
        [sys.executable, "-c", SHALLOW, *options],
        cwd=ROOT,
        env=project_environment(tmp_path / "somebody's", TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "MiB" in line]
    assert [line[:18].strip() for line in lines] == STAGES
    assert all(float(line[18:].split()[0]) > 0 for line in lines)
    assert [line.count("%") for line in lines] == [0, 0, 0, 0, 2, 2]
    assert list(tmp_path.iterdir()) == [], "nothing is left, and nobody's data folder was touched"


@pytest.mark.process
def test_too_few_images_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.training_benchmark", "--images", "20"],
        cwd=ROOT,
        env=project_environment(Path(tempfile.gettempdir()) / "never-made"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert "--images is 96 or more" in done.stderr
