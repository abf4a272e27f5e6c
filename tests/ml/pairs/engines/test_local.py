"""Shards made by processes of this machine: the bytes of one process, and one killed process redone alone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ml.errors import MlError
from ml.pairs.engines.attempts import Attempts
from ml.pairs.engines.inline import InlineEngine
from ml.pairs.engines.local import LocalEngine
from ml.shards.manifest import Manifest
from ml.shards.results import ShardFailure, write_failure
from tests.ml.pairs.engines.engine_runs import Told, bytes_of, make_all, once
from tests.ml.shards.manifests import make_manifest, make_pgd_manifest
from tests.processes import ROOT, eventually, project_environment

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("tensorflow")]


def processes_of(manifest: Manifest) -> dict[int, list[str]]:
    """Return the processes that make shards of a manifest, with the shards that each was given."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "ml.shards" in words and str(manifest.folder) in words:
            found[int(process.name)] = words[words.index(str(manifest.folder)) + 1 : -1]
    return found


def test_processes_make_the_bytes_that_one_process_makes(tmp_path: Path) -> None:
    alone, shared = (make_pgd_manifest(tmp_path / name) for name in ("alone", "shared"))

    assert make_all(InlineEngine(), alone) == [0, 1, 2]
    assert sorted(make_all(LocalEngine(), shared)) == [0, 1, 2]

    assert bytes_of(shared) == bytes_of(alone)


def test_a_killed_process_is_told_and_its_shards_alone_are_made_again(tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "work", images=8, shards=4)

    def kill() -> bool:
        for pid, shards in processes_of(manifest).items():
            if "1" in shards:
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    told = Told(once(kill))

    assert sorted(make_all(LocalEngine(), manifest, told)) == [0, 1, 2, 3]

    assert len(told.failures) == 1
    why = next(one.why for standing in told.standings for one in standing.failed)
    assert "signal 9" in why
    assert processes_of(manifest) == {}


def test_what_is_done_is_given_back_without_a_process(tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "work")
    make_all(InlineEngine(), manifest)

    assert make_all(LocalEngine(), manifest) == [0, 1, 2]
    assert not (manifest.folder / "jobs").exists()


def test_an_input_that_is_damaged_is_told_at_once(tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "work")
    (manifest.folder / manifest.images[0].file.path).write_bytes(b"another")

    with pytest.raises(MlError, match="The image image 0 of the dataset moles cannot be read"):
        make_all(LocalEngine(), manifest)

    assert processes_of(manifest) == {}


def test_processes_end_with_whoever_started_them(tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "work")
    script = (
        "import sys, time; from pathlib import Path; from ml.shards.manifest import read_manifest; "
        "from ml.pairs.engines.local import LocalEngine; import django; django.setup(); "
        "manifest = read_manifest(Path(sys.argv[1])); "
        "next(LocalEngine().make(manifest, [0, 1, 2], tell=lambda standing: time.sleep(600)))"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, manifest.folder],
        env=project_environment(tmp_path / "data", DJANGO_SETTINGS_MODULE="perception.settings"),
        cwd=ROOT,
    )
    try:
        eventually(lambda: processes_of(manifest) or starter.poll() is not None, "processes that make shards")
        assert starter.poll() is None
    finally:
        starter.kill()
        starter.wait()

    eventually(lambda: not processes_of(manifest), "the end of the processes")


def test_the_third_failure_ends_the_work_and_says_why(tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "work")
    Attempts(manifest).failed(1, "the node went away")
    write_failure(manifest, 1, ShardFailure("MemoryError: ", foreseen=False, machine="node7"))
    attempts = Attempts(manifest)  # another worker counts on
    attempts.failed(1, "its process was ended by signal 9")
    assert [(one.attempts, one.why) for one in attempts.failures_of([0, 1])] == [(2, "MemoryError:  (on node7)")]

    with pytest.raises(MlError, match="Shard 1 failed 3 times, the last time so: the node went away"):
        attempts.failed(1, "the node went away")
