"""The benchmark of reports makes them of real rows, measures each step, and leaves nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, project_environment


@pytest.mark.process
def test_it_measures_each_step_and_tells_by_its_status_whether_it_was_too_much(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.report_benchmark", "--n", "12,24", "--most-memory", "1"],
        cwd=ROOT,
        env=project_environment(tmp_path / "somebody's", TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    lines = [line.split() for line in done.stdout.splitlines() if line and line[0] == " "][1:]
    downloads = ["answers.csv", "answers.json", "psych-ds.zip", "report.pdf", "archive.zip"]
    steps = ["import", "figures", "page", "json", *downloads, "report"]
    assert [line[:2] for line in lines] == [[n, step] for n in ("12", "24") for step in steps], done.stderr
    assert all(float(memory.rstrip(",")) > 0 for _, _, _, memory, *_ in lines)
    assert "growth" in lines[-1]
    assert done.returncode == 1, "no report is made in one MiB"
    assert list(tmp_path.iterdir()) == [], "nothing is left, and nobody's data folder was touched"
