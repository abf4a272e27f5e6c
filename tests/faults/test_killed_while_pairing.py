"""Pairs being made while their worker, everything or the database is killed, or the disk is full: each is made once."""

import time
from pathlib import Path

import pytest

from tests.faults.disks import small_disk
from tests.faults.site import Site, copied, kill, processes_of, start_again
from tests.processes import eventually

pytestmark = pytest.mark.slow_fault

IMAGES = 24
# An attack that asks its classifier often enough for a fault to come in between.
PREPARE = f"""
from django.core.management import call_command
call_command("make_synthetic_dataset", "--train", "14", "--test", "{IMAGES}", "--size", "64", "--name", "images")
from ml.models import Dataset
from tests.ml.pair_rows import make_working_classifier
make_working_classifier(Dataset.objects.get(name="images"))
call_command("train_attack", "--kind", "pgd", "--steps", "50", "--name", "slow")
"""
MAKE_PAIRS = ("make_pairs", "--attack", "slow", "--name", "made")
OFTEN = {"PERCEPTION_CHECKPOINT_SECONDS": "0", "PERCEPTION_LEASE_SECONDS": "6"}
"""What is made is kept at once, so that there is something to go on from; silence is noticed soon."""


def prepare_pairs(site: Site) -> Site:
    """Make a dataset, a classifier and an attack, and queue the making of its pairs."""
    site.manage("shell", "--verbosity", "0", "--no-imports", "--command", PREPARE, **OFTEN)
    site.manage(*MAKE_PAIRS, "--enqueue")
    return site


def begun(site: Site) -> bool:
    """Say whether some pairs are made and kept, and none is to be seen."""
    assert pairs(site) in {0, IMAGES}, "half of a set is to be seen"
    return any((site.data_dir / "media" / "checkpoints").glob("*/*-shard-*"))


def pairs(site: Site) -> int:
    """Return how many pairs can be seen of the set."""
    question = "SELECT count(*) FROM ml_imagepair JOIN ml_pairset ON pair_set_id = ml_pairset.id WHERE name = 'made'"
    return int(site.rows(question)[0][0])


def run(site: Site) -> tuple[str, str, int]:
    """Return state, error and takeovers of the making."""
    ((state, error, takeovers),) = site.rows("SELECT state, error, takeovers FROM ml_run WHERE kind = 'make_pairs'")
    return state, error, takeovers


def assert_done(site: Site) -> int:
    """Wait for the end; each image has one pair, and no file lies there that no pair names. Return the takeovers."""

    def has_ended() -> bool:
        assert pairs(site) in {0, IMAGES}, "half of a set is to be seen"
        return run(site)[0] not in {"queued", "running"}

    eventually(has_ended, "the making has ended")
    state, error, takeovers = run(site)
    assert (state, error) == ("succeeded", "")
    assert pairs(site) == IMAGES
    rows = site.rows(
        "SELECT clean_file, perturbed_file FROM ml_imagepair JOIN ml_pairset ON pair_set_id = ml_pairset.id "
        "WHERE name = 'made'"
    )
    named = {str(name) for row in rows for name in row}
    assert len(named) == 2 * IMAGES
    (folder,) = {name.rsplit("/", 1)[0] for name in named}

    def has_its_files_alone() -> bool:
        return {f"{folder}/{path.name}" for path in (site.data_dir / "media" / folder).iterdir()} == named

    eventually(has_its_files_alone, "no file is left that no pair names")
    site.assert_whole()
    return takeovers


def test_the_worker_is_killed(site: Site) -> None:
    prepare_pairs(site)
    with site.serve(**OFTEN):
        eventually(lambda: begun(site), "some pairs are made")
        kill(*site.workers())
        assert assert_done(site) == 1


def test_everything_is_killed(site: Site) -> None:
    prepare_pairs(site)
    with site.serve(**OFTEN):
        eventually(lambda: begun(site), "some pairs are made")
        site.kill_all()
    if site.postgresql is not None:
        start_again(site.postgresql)
    assert pairs(site) == 0
    with site.serve(**OFTEN):
        assert assert_done(site) == 1


def test_the_database_is_killed(on_postgresql: Site) -> None:
    """The run ends, or is taken over; whoever computes without a database stores nothing of it."""
    database = prepare_pairs(on_postgresql).postgresql
    assert database is not None
    with on_postgresql.serve(**OFTEN):
        eventually(lambda: begun(on_postgresql), "some pairs are made")
        kill(*processes_of(database))
        time.sleep(2)
        start_again(database)
        assert assert_done(on_postgresql) <= 1


def test_the_disk_is_full(on_sqlite: Site, tmp_path: Path) -> None:
    """The run fails and says why, or cannot even say that and is taken over; with room it goes on where it was."""
    with small_disk(tmp_path / "disk", megabytes=48) as disk:
        site = prepare_pairs(Site(copied(on_sqlite.data_dir, disk.folder / "data")))
        with site.serve(**OFTEN) as server:
            eventually(lambda: begun(site), "some pairs are made")
            disk.fill()
            eventually(lambda: b"No space left" in server.get("/healthz")[1], "the disk is full")
            time.sleep(5)
            assert pairs(site) == 0
            disk.make_room()
            try:
                eventually(lambda: run(site)[0] not in {"running", "queued"}, "it has ended")
            finally:  # the log goes with the disk
                print(run(site), server.log.read_text())  # noqa: T201
        state, error, takeovers = run(site)
        print(f"with room again: {state} {error}, taken over {takeovers} times")  # noqa: T201
        if state != "succeeded":
            assert "space" in error or "full" in error, error
            site.manage(*MAKE_PAIRS, **OFTEN)
        assert_done(site)
