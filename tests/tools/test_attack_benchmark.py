"""The comparison of attacks runs with this program's own attack alone, on a tiny network, and leaves nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, project_environment

TINY = ("--architecture", "densenet-tiny", "--image-size", "24", "--train", "48", "--epochs", "1", "--images", "9")


@pytest.mark.process
@pytest.mark.training
def test_it_measures_the_attack_as_pairs_are_made(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tools.attack_benchmark", *TINY),
            *("--steps", "3", "--strength", "4", "--rounds", "2", "--programs", "pgd", "pgd-once-read"),
        ],
        cwd=ROOT,
        env=project_environment(tmp_path / "somebody's", TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("Perception")]
    assert [line[:36].strip() for line in lines] == [
        "Perception pgd, --stop never",
        "Perception pgd, --stop once-read",
    ]
    for line in lines:
        speed, cpu, fooling, largest, logits, _colour, score = line[36:].split()
        assert score == "–", "images of 24 pixels have none"
        assert float(speed) > 0
        assert float(cpu) > 0
        assert 0 <= float(fooling.removesuffix("%")) <= 100
        assert 0 < int(largest) <= 4
        assert float(logits) <= 1e-4
    assert list(tmp_path.iterdir()) == [], "nothing is left, and nobody's data folder was touched"
