"""An update: the data folder of an earlier release is brought up to date, and everybody goes on where they were.

The folders in `releases/` were made by the releases' own code (`make_data_folder.py`).
"""

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.processes import ROOT, manage, project_environment

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.tar.xz"))


KEPT = ("studies_study", "studies_observer", "studies_trial", "studies_answer", "ml_imagepair", "studies_auditevent")


def counts(data_dir: Path) -> dict[str, int]:
    with sqlite3.connect(data_dir / "db.sqlite3") as database:
        return {name: database.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in KEPT}  # noqa: S608


@pytest.mark.process
@pytest.mark.parametrize("release", RELEASES, ids=[path.name.removesuffix(".tar.xz") for path in RELEASES])
def test_an_earlier_release_is_updated_and_gone_on_with(release: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with tarfile.open(release) as archive:
        archive.extractall(data_dir, filter="data")
    before = counts(data_dir)
    changes = {"DATABASE_URL": f"sqlite:///{data_dir / 'db.sqlite3'}"}

    manage(data_dir, "migrate", "--verbosity", "0", **changes)
    manage(data_dir, "collectstatic", "--no-input", "--verbosity", "0", **changes)

    assert counts(data_dir) == before
    assert "agree" in manage(data_dir, "verify_archive", str(data_dir / "archive.zip"), **changes)
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "go_on.py", tmp_path / "new.zip"],
        env=project_environment(
            data_dir, DJANGO_SETTINGS_MODULE="perception.settings", PYTHONPATH=os.fspath(ROOT), **changes
        ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    came = json.loads(done.stdout.splitlines()[-1])
    assert set(came["observers"]) == {"finished"}
    assert came["draft"] == "open"
    assert set(came["pages"].values()) == {200}
    assert "agree" in manage(data_dir, "verify_archive", str(tmp_path / "new.zip"), **changes)


def test_the_last_release_is_among_them() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    released = [line.split()[1] for line in changes.splitlines() if line.startswith("## ") and line != "## Unreleased"]

    assert released[0] in {path.name.removesuffix(".tar.xz") for path in RELEASES}
