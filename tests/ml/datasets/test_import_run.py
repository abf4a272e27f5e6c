"""Importing a dataset as a run: the three sources, what is refused, the queue."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from pytest_django import Settings

from ml.datasets.import_run import DatasetImporting
from ml.errors import MlError
from ml.models import Dataset, Run
from ml.runs.lifecycle import perform
from ml.tasks import enqueue
from tests.ml.factories import make_dataset, make_image_bytes, metadata_csv

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of two classes, two images of one lesion, one broken image."""
    for place, path in enumerate(["mel/a.jpg", "mel/b.jpg", "nv/c.jpg", "nv/d.jpg"]):
        (tmp_path / "moles" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "moles" / path).write_bytes(make_image_bytes(place))
    (tmp_path / "moles" / "nv" / "e.jpg").write_bytes(b"no image")
    (tmp_path / "lesions.csv").write_text("image,lesion\na,one\nb,one\n")
    return tmp_path / "moles"


def test_a_folder_is_imported_and_what_was_refused_is_said(folder: Path, tmp_path: Path) -> None:
    dataset = perform(
        DatasetImporting(
            name="moles",
            source="folder",
            folder=str(folder),
            lesions=str(tmp_path / "lesions.csv"),
            credit="Clinic X, CC0",
            test_share=0.5,
            group_by_lesion=True,
            seed=7,
            report=str(tmp_path / "refused.csv"),
        )
    )

    assert (dataset.name, dataset.credit, dataset.split_seed) == ("moles", "Clinic X, CC0", 7)
    assert dataset.split_method == Dataset.SplitMethod.BY_LESION
    assert dataset.images.count() == 4
    assert dataset.images.filter(lesion="one").count() == 2
    run = Run.objects.get()
    assert (run.kind, run.state, run.result) == ("import_dataset", "succeeded", {"kind": "dataset", "name": "moles"})
    assert run.note.startswith("4 images imported; 1 refused, the first: nv/e.jpg: not an image: ")
    with (tmp_path / "refused.csv").open() as file:
        assert [row["where"] for row in csv.DictReader(file)] == ["nv/e.jpg"]


def test_ham10000_is_imported(tmp_path: Path) -> None:
    rows = [(f"HAM_{n:07d}", f"ISIC_{n:07d}", diagnosis) for n, diagnosis in enumerate(("mel", "nv", "nv", "mel"))]
    (tmp_path / "ham").mkdir()
    for place, (_, image, _) in enumerate(rows):
        (tmp_path / "ham" / f"{image}.jpg").write_bytes(make_image_bytes(place))
    (tmp_path / "ham" / "HAM10000_metadata.csv").write_text(metadata_csv(rows))

    dataset = perform(DatasetImporting(name="ham", source="ham10000", folder=str(tmp_path / "ham"), test_share=0.5))

    assert (dataset.classes, dataset.images.filter(split="test").count()) == (["mel", "nv"], 2)
    assert Run.objects.get().note == "4 images imported"


def test_lesions_are_drawn_and_a_second_time_nothing_is_added() -> None:
    asked = DatasetImporting(name="drawn", source="synthetic", train=10, test=4, size=64, seed=3)

    first, second = perform(asked), perform(asked)

    assert first == second
    assert first.options == {"images": 14, "size": 64, "seed": 3, "drawing": 1}
    assert first.images.filter(split="test").count() == 4
    assert [run.note for run in Run.objects.all()] == ["nothing new", "14 images imported"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "cloud"}, "--source is one of ham10000, folder, synthetic, pairs; not 'cloud'"),
        ({"source": "folder"}, "Name the folder"),
        ({"source": "folder", "folder": "/nowhere"}, "/nowhere does not exist"),
        ({"source": "folder", "folder": "{empty}"}, "one folder for each class"),
        ({"source": "ham10000", "folder": "{empty}"}, "has no HAM10000_metadata.csv"),
        ({"source": "folder", "folder": "{moles}", "lesions": "/nowhere.csv"}, "/nowhere.csv cannot be read"),
        ({"source": "folder", "folder": "{moles}", "lesions": "{moles}/nv/e.jpg"}, "e.jpg"),
        ({"source": "folder", "folder": "{moles}", "test_share": 1.5}, "the test share must lie between 0 and 1"),
        ({"source": "folder", "folder": "{moles}", "test_share": float("nan")}, "the test share must lie between"),
        ({"source": "folder", "folder": "{moles}", "name": "taken"}, "was made with other options|another source"),
        ({"source": "synthetic", "report": "/nowhere/r.csv"}, "no folder /nowhere"),
        ({"source": "synthetic", "test": 0}, "at least one image each"),
        ({"source": "synthetic", "train": 1, "test": 1}, "at least 7 images"),
        ({"source": "synthetic", "train": 100_000, "test": 1}, "at most 100,000 images"),
        ({"source": "synthetic", "train": 10**40}, "at most 100,000 images"),
        ({"source": "synthetic", "size": 8}, "64 to 512"),
        ({"source": "synthetic", "seed": -1}, "the seed must not be negative"),
        ({"source": "synthetic", "name": " "}, "1 to 100 characters"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(
    folder: Path, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    perform(DatasetImporting(name="taken", source="synthetic", train=10, test=4, size=64))
    places = {"empty": tmp_path / "empty", "moles": folder}
    asked: dict[str, Any] = {"name": "d"} | {
        name: value.format(**places) if isinstance(value, str) else value for name, value in options.items()
    }

    with pytest.raises(MlError, match=message):
        perform(DatasetImporting(**asked))

    assert Run.objects.count() == 1
    assert Dataset.objects.count() == 1


def test_where_nothing_is_good_the_first_refusal_is_said(folder: Path, tmp_path: Path) -> None:
    for path in folder.rglob("*.jpg"):
        path.write_bytes(b"no image")

    with pytest.raises(MlError, match=r"all 5 were refused\): mel/a\.jpg: not an image"):
        perform(DatasetImporting(name="d", source="folder", folder=str(folder), report=str(tmp_path / "r.csv")))

    assert Run.objects.get().state == Run.State.FAILED
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 6


def test_an_import_that_is_stopped_leaves_nothing(folder: Path) -> None:
    def stop(done: int, total: int, note: str = "", figures: object = None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        perform(DatasetImporting(name="d", source="folder", folder=str(folder)), progress=stop)

    assert Run.objects.get().state == Run.State.INTERRUPTED
    assert not Dataset.objects.exists()
    assert default_storage.listdir("datasets") == ([], [])


@pytest.mark.django_db(transaction=True)
def test_a_queued_import_is_done_by_the_worker(folder: Path) -> None:
    make_dataset("another")
    run = enqueue(DatasetImporting(name="queued", source="folder", folder=str(folder), test_share=0.5))

    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)

    run.refresh_from_db()
    assert (run.state, run.error, run.done, run.total) == (Run.State.SUCCEEDED, "", 5, 5)
    assert Dataset.objects.get(name="queued").images.count() == 4
