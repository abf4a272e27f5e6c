"""Shards made by jobs of a real SLURM cluster of this machine, without accounting: every way in which a job can end."""

import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from ml.models import Attack, PairSet, Run
from ml.pairs.engines.engine import Standing
from ml.pairs.engines.inline import InlineEngine
from ml.pairs.engines.slurm import SlurmEngine, SlurmOptions, job_name
from ml.pairs.engines.slurm_queue import queued_jobs
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import RunCancelledError, perform
from ml.shards.manifest import Manifest
from tests.ml.pairs.engines.engine_runs import Told, bytes_of, make_all, once
from tests.ml.shards.manifests import make_manifest, make_pgd_manifest
from tests.ml.universal_attack import make_universal_attack
from tests.processes import eventually
from tests.slurm import Cluster, require_slurm, slurm_cluster

pytestmark = [pytest.mark.cluster, pytest.mark.process, pytest.mark.xdist_group("slurm")]

OPTIONS = SlurmOptions(memory_gb=1, cpus=1, minutes=10, poll_seconds=0.2, grace_seconds=2)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    require_slurm()
    with slurm_cluster() as running:
        yield running


def jobs_in(manifest: Manifest, state: str) -> list[str]:
    queued = queued_jobs(job_name(manifest.folder))
    return sorted(number for number, job in queued.items() if job.state == state)


def test_jobs_make_the_bytes_that_one_process_makes(cluster: Cluster, tmp_path: Path) -> None:
    alone, shared = (make_pgd_manifest(tmp_path / name) for name in ("alone", "shared"))
    make_all(InlineEngine(), alone)
    told = Told()

    assert sorted(make_all(SlurmEngine(OPTIONS), shared, told)) == [0, 1, 2]

    assert bytes_of(shared) == bytes_of(alone)
    assert told.failures == set()
    assert "the cluster" in {standing.waiting_for[:11] for standing in told.standings}


def test_a_job_that_is_cancelled_is_told_and_its_shard_alone_is_made_again(cluster: Cluster, tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "cancelled", images=8, shards=2)
    give_back = withhold(manifest.folder / manifest.images_of(1)[-1].file.path)  # else it could be done before

    def cancel() -> bool:
        running = [number for number in jobs_in(manifest, "RUNNING") if number.endswith("_1")]
        if not running or not (manifest.folder / "jobs" / f"{running[0]}_0_log.out").exists():
            return False
        cluster.ask("scancel", running[0])
        eventually(lambda: not jobs_in(manifest, "RUNNING"), "the end of the job")
        give_back()
        return True

    told = Told(once(cancel))

    assert sorted(make_all(SlurmEngine(OPTIONS), manifest, told)) == [0, 1]

    assert told.failures == {(1, 1)}
    why = next(one.why for standing in told.standings for one in standing.failed)
    assert "ended without a result" in why
    assert "CANCELLED" in why


def test_a_full_partition_is_told(cluster: Cluster, tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "full", images=4, shards=2)
    script = tmp_path / "occupy.sh"
    script.write_text("#!/bin/sh\nsleep 600\n")
    cluster.ask("sbatch", "--exclusive", "--job-name=occupied", "--output=/dev/null", str(script))
    eventually(lambda: "RUNNING" in cluster.ask("squeue", "--noheader", "--format=%T"), "a full partition")
    waited: list[str] = []

    def free_again(standing: Standing) -> None:
        if "Resources" in standing.waiting_for or "Priority" in standing.waiting_for:
            if not waited:
                assert (standing.running, standing.pending) == (0, 2)
                cluster.ask("scancel", "--name=occupied")
            waited.append(standing.waiting_for)

    assert sorted(make_all(SlurmEngine(OPTIONS), manifest, Told(free_again))) == [0, 1]
    assert waited


def test_a_node_that_goes_away_with_its_jobs_is_told_and_they_are_done_when_another_is_there(
    cluster: Cluster, tmp_path: Path
) -> None:
    manifest = make_manifest(tmp_path / "node", images=4, shards=2)
    change = manifest.folder / "inputs" / "change.npy"
    give_back = withhold(change)
    lost: list[bool] = []

    def lose_node(standing: Standing) -> None:
        if not lost and len(jobs_in(manifest, "RUNNING")) == 2:
            cluster.lose_node()
            cluster.find_node()
            lost.append(True)
        # Until then what the node runs could write its result after all.
        if change.is_fifo() and {one.shard for one in standing.failed} == {0, 1}:
            give_back()

    told = Told(lose_node)
    assert sorted(make_all(SlurmEngine(OPTIONS), manifest, told)) == [0, 1]
    assert {shard for shard, _ in told.failures} == {0, 1}


def withhold(file: Path) -> Callable[[], None]:
    """Let whoever reads the file wait; return what puts it back, for those that read it from then on."""
    kept = file.with_suffix(".kept")
    file.rename(kept)
    os.mkfifo(file)

    def give_back() -> None:
        kept.replace(file)

    return give_back


def test_another_process_waits_for_the_jobs_of_one_that_ended(cluster: Cluster, tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "taken over", images=4, shards=2)
    engine = SlurmEngine(OPTIONS)

    class LetGoError(Exception):
        pass

    def let_go(standing: Standing) -> None:
        raise LetGoError

    with pytest.raises(LetGoError):
        make_all(engine, manifest, Told(let_go))
    before = (manifest.folder / "jobs.json").read_bytes()
    assert len(queued_jobs(job_name(manifest.folder))) == 2

    assert sorted(make_all(SlurmEngine(OPTIONS), manifest)) == [0, 1]

    assert len(list((manifest.folder / "jobs").glob("*_submitted.pkl"))) == 2, before


def test_the_end_of_the_work_cancels_its_jobs_and_no_others(cluster: Cluster, tmp_path: Path) -> None:
    ended, other = (make_manifest(tmp_path / name, images=4, shards=2) for name in ("ended", "other"))
    engine = SlurmEngine(OPTIONS)
    for manifest in (ended, other):
        with pytest.raises(StopAsyncIteration):
            make_all(engine, manifest, Told(_stop))

    engine.end(ended)

    eventually(lambda: not queued_jobs(job_name(ended.folder)), "the end of the jobs")
    assert len(queued_jobs(job_name(other.folder))) == 2
    assert sorted(make_all(engine, other)) == [0, 1]


def _stop(standing: Standing) -> None:
    raise StopAsyncIteration


def test_a_controller_that_does_not_answer_is_told_and_nothing_is_given_up(cluster: Cluster, tmp_path: Path) -> None:
    manifest = make_manifest(tmp_path / "silent", images=4, shards=2)
    silent: list[str] = []

    def silence(standing: Standing) -> None:
        if not silent:
            cluster.end_controller()
            silent.append("")
        elif "does not answer" in standing.waiting_for and silent == [""]:
            silent.append(standing.waiting_for)
            cluster.start_controller()

    told = Told(silence)

    assert sorted(make_all(SlurmEngine(OPTIONS), manifest, told)) == [0, 1]
    assert len(silent) == 2
    assert told.failures == set()


def test_jobs_are_given_no_secrets(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERCEPTION_SECRET_KEY", "known to the web server")
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody:password@somewhere/base")
    manifest = make_manifest(tmp_path / "secrets", images=2, shards=1)
    seen: list[str] = []

    def look(standing: Standing) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
                if b"submitit.core._submit" in words and str(manifest.folder).encode() in words:
                    seen.append((process / "environ").read_bytes().decode(errors="replace"))
            except OSError:
                continue

    make_all(SlurmEngine(OPTIONS), manifest, Told(look))

    assert any(seen)
    assert not any("known to the web server" in environment or "password" in environment for environment in seen)


@pytest.fixture
def attack(settings: Settings, tmp_path: Path) -> Attack:
    """Return an attack that asks no network, on a site whose nodes see the work folder alone."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.WORK_DIR = tmp_path / "seen by all"
    settings.SLURM = dataclasses.asdict(OPTIONS)
    (tmp_path / "data").mkdir()
    return make_universal_attack()


@pytest.mark.django_db
def test_a_run_has_its_pairs_made_by_the_cluster(cluster: Cluster, attack: Attack, settings: Settings) -> None:
    def rows(pair_set: PairSet) -> list[tuple[object, ...]]:
        return list(pair_set.pairs.values_list("image__name", "clean_sha256", "perturbed_sha256", "ssim"))

    alone = perform(PairMaking(attack=attack, name="alone"))

    made = perform(PairMaking(attack=attack, name="by jobs", engine="slurm", shards=2))

    assert rows(made) == rows(alone)
    assert (Run.objects.get(pair_sets=made).shards or {})["done"] == 2
    assert list(settings.WORK_DIR.iterdir()) == []


@pytest.mark.django_db
def test_a_run_that_is_cancelled_cancels_its_jobs(cluster: Cluster, attack: Attack) -> None:
    def cancel(done: int, total: int, note: str = "", figures: object = None) -> None:
        if "being made" in note:
            raise RunCancelledError

    with pytest.raises(RunCancelledError):
        perform(PairMaking(attack=attack, name="p", engine="slurm", shards=2), progress=cancel)

    name = f"perception-pairs-{Run.objects.get().options['uid']}"
    eventually(lambda: not queued_jobs(name), "the end of the jobs")
