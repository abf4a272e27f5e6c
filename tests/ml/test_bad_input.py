"""What people get wrong, and what goes wrong on their disks: said in words, early, and nothing lost."""

import io
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError
from pytest_django import Settings

from ml.classifiers.external import ExternalClassifierImport
from ml.classifiers.training import ClassifierTraining
from ml.classifiers.weights import store_weights
from ml.errors import MlError
from ml.images.arrays import read_squares
from ml.models import Attack, Classifier, Dataset, Run
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.disk_space import no_room
from ml.runs.lifecycle import perform
from ml.runs.storage import checkpoint_folder
from tests.ml.factories import make_dataset, make_image_bytes

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("eager_networks"),
]

TINY: dict[str, Any] = {"architecture": "densenet-tiny", "image_size": 24, "steps": 3, "batch_size": 4}
# Bytes. The images of the tests take less than the first, a checkpoint less than the second, a network more.
ROOM_FOR_IMAGES, ROOM_FOR_A_CHECKPOINT = 18_000, 90_000


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let the system refuse to write beyond so many bytes, as a full disk does (EFBIG instead of ENOSPC)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python 3.11 keeps a compiled module that it could write only in part, and can never import it again.
    writes_no_modules, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        sys.dont_write_bytecode = writes_no_modules


def files_in(folder: str) -> list[str]:
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


# Weights that are none.


def save_network(path: Path) -> None:
    from ml.networks.architectures.classifiers import build_classifier

    build_classifier("densenet-tiny", image_size=24, classes=3).save(path)


def save_weights(path: Path) -> None:
    from ml.networks.architectures.classifiers import build_classifier

    build_classifier("densenet-tiny", image_size=24, classes=3).save_weights(path)


def save_network_of_numbers(path: Path) -> None:
    from ml.networks.backend import keras

    numbers = keras.Input((4,), name="numbers")
    keras.Model(numbers, keras.layers.Dense(2)(numbers)).save(path)


def save_lambda(path: Path) -> None:
    from ml.networks.backend import keras

    keras.Sequential([keras.Input((24, 24, 3)), keras.layers.Lambda(lambda x: x)]).save(path)


def half_of(save: Callable[[Path], None]) -> Callable[[Path], None]:
    def save_half(path: Path) -> None:
        save(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return save_half


def noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(4000))


@pytest.mark.parametrize(
    ("architecture", "file", "save", "message"),
    [
        ("backbone", "half.keras", half_of(save_network), "half.keras is damaged or was cut short"),
        ("backbone", "noise.keras", noise, "noise.keras is not a Keras file"),
        ("backbone", "only.weights.h5", save_weights, "holds weights without their network"),
        ("backbone", "numbers.keras", save_network_of_numbers, r"not a network of one image; .* numbers \(4\)"),
        ("backbone", "code.keras", save_lambda, "brings code of its own"),
        ("densenet121", "half.weights.h5", half_of(save_weights), "half.weights.h5 is damaged or was cut short"),
        ("densenet121", "half.keras", half_of(save_network), "half.keras is damaged or was cut short"),
        ("densenet121", "noise.h5", noise, "neither HDF5 nor a .keras file"),
        ("densenet121", "weights.ckpt", noise, "its name ends in .h5, .hdf5, .keras"),
    ],
)
def test_weights_that_are_none_are_refused_before_any_work(
    dataset: Dataset, tmp_path: Path, architecture: str, file: str, save: Callable[[Path], None], message: str
) -> None:
    save(tmp_path / file)

    with pytest.raises(CommandError, match=message):
        run("train_classifier", "--architecture", architecture, "--image-size", "32", "--weights", str(tmp_path / file))

    assert not Run.objects.exists()


def test_weights_of_another_network_are_found_before_an_image_is_read(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "theirs.weights.h5"
    save_weights(path)
    notes: list[str] = []

    with pytest.raises(MlError, match="does not hold weights of densenet121 without its head"):
        perform(
            ClassifierTraining(
                dataset=dataset, name="c", **TINY | {"architecture": "densenet121", "image_size": 32}, weights=str(path)
            ),
            progress=lambda done, total, note="", figures=None: notes.append(note),
        )

    assert notes == ["building the network"]
    assert Run.objects.get().state == Run.State.FAILED


# Numbers that are none.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": float("nan")}, "--epochs is to be above 0, not nan"),
        ({"epochs": float("inf")}, "--epochs is to be above 0, not inf"),
        ({"learning_rate": 0.0}, "--learning-rate is to be above 0, not 0"),
        ({"learning_rate": float("inf")}, "--learning-rate is to be above 0, not inf"),
        ({"image_size": 0}, "16 to 1024 pixels, not 0"),
        ({"steps": 0}, "--steps is to be above 0"),
    ],
)
def test_numbers_that_are_none_are_refused(dataset: Dataset, options: dict[str, Any], message: str) -> None:
    with pytest.raises(MlError, match=message):
        perform(ClassifierTraining(dataset=dataset, name="c", **TINY | options))

    assert not Run.objects.exists()


@pytest.mark.parametrize("value_range", ["nan,1", "0,inf", "-inf,1", "1,1", "1,0"])
def test_a_range_that_is_none_is_refused(dataset: Dataset, tmp_path: Path, value_range: str) -> None:
    save_network(tmp_path / "theirs.keras")

    with pytest.raises(CommandError, match="--weights-range is black, then white"):
        run(
            *("train_classifier", "--architecture", "backbone", "--image-size", "32"),
            *("--weights", str(tmp_path / "theirs.keras"), f"--weights-range={value_range}"),
        )

    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--strength", "0"], "--strength is 1 to 255 levels, not 0"),
        (["--strength", "300"], "--strength is 1 to 255 levels, not 300"),
        (["--strength", "nan"], "--strength is 1 to 255 levels, not nan"),
        (["--strength", "inf"], "--strength is 1 to 255 levels, not inf"),
        (["--target-class", "wart"], "--target-class is one of bcc, mel, nv; not 'wart'"),
        (["--learning-rate", "nan"], "--learning-rate is a number, not nan"),
        (["--ssim-penalty", "inf"], "--ssim-penalty is a number, not inf"),
    ],
)
def test_the_command_refuses_an_attack_that_cannot_be(dataset: Dataset, flags: list[str], message: str) -> None:
    weights, sha256 = store_weights(b"never loaded", uid="a-test")
    Classifier.objects.create(
        name="c",
        dataset=dataset,
        architecture="densenet-tiny",
        classes=dataset.classes,
        image_size=24,
        weights=weights,
        weights_sha256=sha256,
    )

    with pytest.raises(CommandError, match=message):
        run("train_attack", *flags)

    assert not Run.objects.exists()
    assert not Attack.objects.exists()


# A class without images.


def test_a_class_that_has_no_image_is_told_of(tmp_path: Path) -> None:
    for place, path in enumerate(["moles/mel/a.jpg", "moles/nv/b.jpg", "moles/nv/c.jpg"]):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(make_image_bytes(place))
    (tmp_path / "moles" / "vasc").mkdir()

    said = run("import_folder", str(tmp_path / "moles"))

    assert "Refused: vasc: passed over: no image lies in it: there is no such class" in said
    assert Dataset.objects.get().classes == ["mel", "nv"]


# A full disk.


def test_a_disk_without_room_for_the_images_is_told_of_before_they_are_read(dataset: Dataset) -> None:
    images = list(dataset.images.all())
    notes: list[str] = []

    with no_file_larger_than(1000), pytest.raises(OSError, match="File too large"):
        read_squares(images, 24, tell=notes.append)

    assert notes == []


def test_a_disk_without_room_for_the_first_checkpoint(dataset: Dataset, settings: Settings) -> None:
    settings.CHECKPOINT_SECONDS = 0.0

    with no_file_larger_than(ROOM_FOR_IMAGES), pytest.raises(MlError, match=r"make room .* Nothing half-made was kept"):
        perform(ClassifierTraining(dataset=dataset, name="c", **TINY))

    failed = Run.objects.get()
    assert failed.state == Run.State.FAILED
    assert "make room" in failed.error
    assert not has_checkpoint(failed.options["uid"])


@pytest.mark.training
def test_a_disk_without_room_for_the_network_keeps_the_training(dataset: Dataset, settings: Settings) -> None:
    settings.CHECKPOINT_SECONDS = 0.0
    asked = ClassifierTraining(dataset=dataset, name="c", **TINY)

    with (
        no_file_larger_than(ROOM_FOR_A_CHECKPOINT),
        pytest.raises(MlError, match="What it had done is kept: resume it"),
    ):
        perform(asked)

    failed = Run.objects.get()
    assert (failed.state, failed.done) == (Run.State.FAILED, 3)
    assert files_in("networks") == []

    done: list[int] = []
    made = perform(asked, progress=lambda step, total, note="", figures=None: done.extend([step] * bool(figures)))

    assert done == [], "no step was done again"
    assert made.run == failed
    assert files_in("networks") == [Path(str(made.weights.name)).name]


def test_a_disk_without_room_for_an_import(data_dir: Path) -> None:
    with no_file_larger_than(1000), pytest.raises(CommandError, match=r"make room .* Nothing was imported\."):
        run("make_synthetic_dataset", "--train", "10", "--test", "4", "--size", "64")

    assert not Dataset.objects.exists()
    assert list((data_dir / "media").rglob("*.png")) == []


@pytest.mark.parametrize(
    ("statement", "full"), [("INSERT INTO t VALUES (zeroblob(100000))", True), ("SELECT * FROM nowhere", False)]
)
def test_a_database_without_room_is_told_from_one_that_is_wrong(statement: str, full: bool) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE t (x)")
        database.execute("PRAGMA max_page_count = 4")
        with pytest.raises(sqlite3.OperationalError) as refused:
            database.execute(statement)

    as_django_raises_it = OperationalError(str(refused.value))
    as_django_raises_it.__cause__ = refused.value
    said = no_room(as_django_raises_it)

    assert (said is not None and said.startswith("The disk is full")) == full


def test_a_disk_without_room_keeps_the_checkpoint_before(settings: Settings) -> None:
    checkpoint = Checkpoint("a-full-disk")
    checkpoint.write("part", b"old")

    with no_file_larger_than(1000), pytest.raises(OSError, match="File too large"):
        checkpoint.write("part", bytes(5000))

    assert checkpoint.read("part") == b"old"
    assert len(default_storage.listdir(checkpoint_folder("a-full-disk"))[1]) == 1
    checkpoint.remove()


def test_a_disk_without_room_for_weights_keeps_no_half_of_them() -> None:
    with no_file_larger_than(1000), pytest.raises(OSError, match="File too large"):
        store_weights(bytes(5000), uid="a-full-disk")

    assert files_in("networks") == []


def test_a_disk_without_room_for_an_added_classifier(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "theirs.keras"
    save_network(path)
    before = path.read_bytes()

    with no_file_larger_than(ROOM_FOR_IMAGES), pytest.raises(MlError, match=r"make room .* Nothing half-made was kept"):
        perform(
            ExternalClassifierImport(
                dataset=dataset, name="c", file=str(path), classes=["bcc", "mel", "nv"], value_range=[0.0, 1.0]
            )
        )

    assert Run.objects.get().state == Run.State.FAILED
    assert path.read_bytes() == before
