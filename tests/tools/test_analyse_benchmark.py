"""The benchmark of `analyse` runs the command on files of the size that was asked for, and leaves nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from studies.answers.readers.reading import read_answers
from tests.processes import ROOT, project_environment
from tools.analyse_benchmark import write_answers


def test_every_observer_judged_every_image(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"

    write_answers(file, observers=3)

    observations = read_answers(file.read_bytes(), source="answers.csv")
    assert (len(observations.observers), len(observations.items), len(observations.item)) == (3, 1000, 3000)


@pytest.mark.process
def test_it_tells_what_a_file_costs_beyond_the_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.analyse_benchmark", "--answers", "4000", "--repeat", "1"],
        cwd=ROOT,
        env=project_environment(tmp_path / "somebody's", TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )

    head, first, second = (line.split() for line in done.stdout.splitlines())
    assert head[0] == "answers"
    assert (first[0], second[0]) == ("1000", "4000")
    assert float(first[1]) > 0
    assert list(tmp_path.iterdir()) == [], "nothing is left, and nobody's data folder was touched"
