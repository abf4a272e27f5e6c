"""What a cluster needs and is not there, said in words before anything is asked of it."""

import sys
from pathlib import Path

import pytest

from ml.errors import MlError
from ml.pairs.engines.slurm import SlurmEngine, SlurmOptions
from tests.ml.pairs.engines.engine_runs import make_all
from tests.ml.shards.manifests import make_manifest


def test_submitit_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "submitit", None)

    with pytest.raises(MlError, match=r"needs submitit, which is not installed: pip install 'perception\[cluster\]'"):
        make_all(SlurmEngine(SlurmOptions()), make_manifest(tmp_path / "work"))


def test_commands_that_are_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MlError, match=r"cannot give jobs to SLURM: it has no sbatch, squeue, scancel, srun"):
        make_all(SlurmEngine(SlurmOptions()), make_manifest(tmp_path / "work"))
