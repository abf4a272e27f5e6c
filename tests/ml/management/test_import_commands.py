"""The import commands, as a person types them."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ml.models import Dataset, Image
from tests.ml.datasets.readers.test_verification import huge_png
from tests.ml.factories import make_image_bytes, metadata_csv, write_zip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    return tmp_path / "data"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Make a little HAM10000: 14 images of 7 lesions, half in a zip, half in a folder, with bad company."""
    diagnoses = ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc")
    rows = [(f"HAM_{n // 2:07d}", f"ISIC_{n:07d}", diagnoses[n // 2]) for n in range(14)]
    images = {f"{image}.jpg": make_image_bytes(place) for place, (_, image, _) in enumerate(rows)}
    root = tmp_path / "ham"
    folder = root / "HAM10000_images_part_1"
    folder.mkdir(parents=True)
    for name in list(images)[:7]:
        (folder / name).write_bytes(images[name])
    write_zip(root / "HAM10000_images_part_2.zip", dict(list(images.items())[6:]))
    bad = [("HAM_0000020", f"ISIC_{n:07d}", "nv") for n in range(20, 24)]
    (folder / "ISIC_0000020.jpg").write_bytes(make_image_bytes(20, width=90, height=90)[:900])
    (folder / "ISIC_0000021.jpg").write_bytes(b"")
    (folder / "ISIC_0000022.png").write_bytes(huge_png(30_000))
    (folder / "picture.jpg").write_bytes(images["ISIC_0000000.jpg"])
    (root / "HAM10000_metadata.csv").write_text(metadata_csv([*rows, *bad, ("HAM_30", "ISIC_0000030", "wart")]))
    return root


def run(command: str, *arguments: object) -> str:
    out = io.StringIO()
    call_command(command, *[str(argument) for argument in arguments], stdout=out, verbosity=1)
    return out.getvalue()


def test_ham10000_from_folder_and_zip_with_bad_files(archive: Path, tmp_path: Path) -> None:
    said = run("import_ham10000", archive, "--report", tmp_path / "refused.csv", "--test-share", "0.5")
    assert "Imported 14 images into the dataset 'ham10000'." in said
    with (tmp_path / "refused.csv").open() as file:
        refused = {row["where"]: row["kind"] for row in csv.DictReader(file)}
    assert refused == {
        "HAM10000_images_part_1/ISIC_0000020.jpg": "damaged or truncated",
        "HAM10000_images_part_1/ISIC_0000021.jpg": "empty file",
        "HAM10000_images_part_1/ISIC_0000022.png": "too large",
        "HAM10000_images_part_1/picture.jpg": "wrong name",
        "HAM10000_images_part_2.zip/ISIC_0000006.jpg": "duplicate name",
        "HAM10000_metadata.csv, line 19, column image_id": "label without an image",
        "HAM10000_metadata.csv, line 20, column dx": "unusable label",
    }
    for where, kind in refused.items():
        assert f"Refused: {where}: {kind}: " in said
    assert "Refused: 7.\n" in said
    assert Image.objects.filter(split="test").count() == 7


def test_ham10000_twice_and_by_lesion(archive: Path) -> None:
    run("import_ham10000", archive, "--group-by-lesion", "--name", "grouped", "--seed", "5")
    dataset = Dataset.objects.get()
    assert (dataset.name, dataset.split_method, dataset.split_seed) == ("grouped", "by-lesion", 5)
    said = run("import_ham10000", archive, "--name", "grouped")
    assert "Nothing new: all 14 images are in the dataset 'grouped' already." in said
    assert "Split: grouped by lesion, stratified by diagnosis, seed 5." in said


def test_folder_is_called_like_the_folder(tmp_path: Path) -> None:
    for place, path in enumerate(["moles/mel/a.jpg", "moles/nv/b.jpg", "moles/nv/c.jpg"]):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(make_image_bytes(place))
    (tmp_path / "lesions.csv").write_text("image,lesion\nb.jpg,same\nc.jpg,same\n")
    run("import_folder", tmp_path / "moles", "--lesions", tmp_path / "lesions.csv", "--credit", "Clinic X, CC0")
    dataset = Dataset.objects.get()
    assert (dataset.name, dataset.source, dataset.credit) == ("moles", "folder", "Clinic X, CC0")
    assert Image.objects.filter(lesion="same").count() == 2


def test_synthetic_dataset_says_that_it_is_synthetic() -> None:
    said = run("make_synthetic_dataset", "--train", 20, "--test", 8, "--size", 64)
    assert "Imported 28 images into the dataset 'synthetic'." in said
    dataset = Dataset.objects.get()
    assert dataset.is_synthetic
    assert "no real skin" in dataset.credit
    assert dataset.options == {"images": 28, "size": 64, "seed": 0, "drawing": 1}
    assert Image.objects.filter(split="test").count() == 8
    assert dataset.split_method == Dataset.SplitMethod.BY_LESION
    with pytest.raises(CommandError, match="other options"):
        run("make_synthetic_dataset", "--train", 20, "--test", 8, "--size", 65)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("import_ham10000", "/nowhere"), "/nowhere does not exist"),
        (("import_ham10000", ".", "--seed", "x"), "invalid int value"),
        (("import_folder", "/nowhere"), "/nowhere does not exist"),
        (("import_folder", ".", "--report", "/nowhere/r.csv"), "there is no folder /nowhere"),
        (("make_synthetic_dataset", "--size", "8"), "64 to 512"),
        (("make_synthetic_dataset", "--test", "0"), "at least one image each"),
        (("make_synthetic_dataset", "--train", "2", "--test", "2"), "at least 7 images"),
    ],
)
def test_what_cannot_be_is_said_without_a_traceback(command: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(*command)


def test_nothing_good_is_an_error_that_lists_what_was_refused(tmp_path: Path) -> None:
    for path in ("d/mel/a.jpg", "d/nv/b.jpg"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(b"no image")
    out = io.StringIO()
    with pytest.raises(CommandError, match="no image could be imported"):
        call_command("import_folder", str(tmp_path / "d"), "--report", str(tmp_path / "r.csv"), stdout=out)
    assert "Refused: mel/a.jpg: not an image" in out.getvalue()
    assert (tmp_path / "r.csv").read_text().count("not an image,") == 2


def test_too_many_refusals_of_a_kind_are_counted_not_printed(archive: Path) -> None:
    for number in range(150):
        (archive / f"note {number}.txt").write_text("x")
    said = run("import_ham10000", archive)
    assert said.count("Refused: note ") == 100 - 1  # picture.jpg is of the same kind and comes first
    assert "Refused: 51 more: wrong name; --report FILE.csv lists them all" in said
