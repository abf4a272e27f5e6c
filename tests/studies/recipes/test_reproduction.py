"""The published experiment by one command, on a little archive and tiny networks, for real."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ml.images.pixels import decode
from tests.ml.factories import make_image_bytes, metadata_csv
from tests.processes import ROOT, eventually, make_data_folder, manage, project_environment, rows_in

CODES = ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc")
TINY = (
    *("--architecture", "densenet-tiny", "--weights", "random", "--image-size", "24", "--batch-size", "4"),
    *("--classifier-steps", "30", "--attack-steps", "12", "--set", "batch-size=4", "--strength", "8,4"),
    *("--perturbed", "4", "--clean", "3"),
)
RUNNING = "SELECT kind, CAST(options AS TEXT) AS options FROM ml_run WHERE state = 'running'"
# The file is there a moment before: killed then, a run has nothing to go on from.
IN_FORCE = "SELECT uid FROM ml_checkpointpart WHERE name = 'training.npz'"
EVERY_STEP = {"PERCEPTION_CHECKPOINT_SECONDS": "0.000001"}
SHALLOW = {"DJANGO_SETTINGS_MODULE": "tests.studies.recipes.shallow_settings", "PERCEPTION_LEASE_SECONDS": "3"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    images = folder / "HAM10000_images_part_1"
    images.mkdir(parents=True)
    rows = [(f"HAM_{place:07d}", f"ISIC_{place:07d}", CODES[place % 7]) for place in range(70)]
    (folder / "HAM10000_metadata.csv").write_text(metadata_csv(rows))
    for place, (_, name, _) in enumerate(rows):
        (images / f"{name}.jpg").write_bytes(make_image_bytes(place, width=40, height=30))
    return folder


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    make_data_folder(folder)
    return folder


def reproduce(data_dir: Path, archive: Path, *options: str, **changes: str) -> str:
    return manage(data_dir, "reproduce", "--data", str(archive), *TINY, *options, **EVERY_STEP, **changes)


def rows(data_dir: Path, query: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in rows_in(data_dir, query)]


@pytest.mark.process
@pytest.mark.training
def test_killed_anywhere_it_goes_on_and_redoes_nothing(data_dir: Path, archive: Path) -> None:
    """One experiment, killed in the classifier's and in the attack's training, then run to its end, then once more."""
    for kind in ("train_classifier", "train_attack"):
        kill_when_half_way(data_dir, archive, kind)

    printed = reproduce(data_dir, archive, **SHALLOW)

    made = rows(data_dir, "SELECT kind, state, COUNT(*) FROM ml_run GROUP BY kind, state ORDER BY kind")
    assert made == [
        ("evaluate_attack", "succeeded", 2),
        ("make_pairs", "succeeded", 2),
        ("train_attack", "succeeded", 2),
        ("train_classifier", "succeeded", 1),
    ], "a run that was killed is the one that goes on"
    assert rows(data_dir, "SELECT COUNT(*) FROM ml_image WHERE split = 'test'") == [(14,)]
    assert rows(data_dir, "SELECT COUNT(*) FROM ml_imagepair") == [(28,)]
    assert rows(data_dir, "SELECT n_perturbed, n_clean, state FROM studies_study") == [(4, 3, "draft")]
    assert not list((data_dir / "media" / "checkpoints").iterdir())
    assert "Strength 8 levels" in printed
    assert "Strength 4 levels" in printed
    assert "learnt on the images that it is judged on" in printed

    folder = data_dir / "reproductions" / "reproduction"
    figures = json.loads((folder / "figures.json").read_text())
    assert [attack["strength"] for attack in figures["attacks"]] == [8, 4]
    assert figures["attacks"][1]["sizes"]["linf"]["max"] <= 4
    assert "Fooling" in (folder / "table1.txt").read_text()
    assert decode((folder / "figure3.png").read_bytes()).shape == (3 * 24 + 16, 7 * 32 - 8, 3)
    assert "vasc" in (folder / "figure2.svg").read_text()

    before = rows(data_dir, "SELECT id, finished_at FROM ml_run")
    again = reproduce(data_dir, archive)
    assert again == printed
    assert rows(data_dir, "SELECT id, finished_at FROM ml_run") == before
    assert rows(data_dir, "SELECT COUNT(*) FROM studies_study") == [(1,)]

    with pytest.raises(AssertionError, match=r"made otherwise \(batch_size 4, not 5\)"):
        reproduce(data_dir, archive, "--batch-size", "5")


def kill_when_half_way(data_dir: Path, archive: Path, kind: str) -> None:
    """Start the experiment and kill its process when a run of this kind has left a checkpoint."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "reproduce", "--data", str(archive), *TINY],
        env=project_environment(data_dir, **EVERY_STEP, **SHALLOW),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:

        def half_way() -> bool:
            assert process.poll() is None, f"it ended before it was killed: {process.stderr and process.stderr.read()}"
            uids = {json.loads(str(options))["uid"] for kind_of, options in rows(data_dir, RUNNING) if kind_of == kind}
            return not uids.isdisjoint(str(uid) for (uid,) in rows(data_dir, IN_FORCE))

        eventually(half_way, f"a checkpoint of {kind}")
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--strength", "0"), "--strength is 1 to 255 levels, not 0"),
        (("--strength", "8,300"), "--strength is 1 to 255 levels, not 300"),
        (("--set", "steps"), "--set takes OPTION=VALUE"),
        (("--set", "colour=red"), "--colour: no option of the attack generator"),
        (("--set", "filters=many"), "'many' is not a number"),
        (("--attack-steps", "0"), "--attack-steps is to be above 0"),
    ],
)
def test_what_cannot_be_is_told_before_an_image_is_read(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("reproduce", "--data", str(tmp_path), *options)


@pytest.mark.process
def test_a_target_that_the_data_do_not_have_is_told_before_the_training(data_dir: Path, archive: Path) -> None:
    with pytest.raises(AssertionError, match="--target-class is one of akiec"):
        reproduce(data_dir, archive, "--target-class", "naevus")

    assert rows(data_dir, "SELECT COUNT(*) FROM ml_run") == [(0,)]
