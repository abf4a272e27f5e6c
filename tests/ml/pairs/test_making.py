"""Pairs whose making is cut off and goes on, a disk without room, images that are gone."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from ml.datasets.synthetic.lesion import draw_lesion
from ml.errors import MlError
from ml.images.fast_png import encode_png_quickly
from ml.models import Attack, ImagePair, PairSet, Run
from ml.pairs.making import PairMaking
from ml.runs import disk_space
from ml.runs.checkpoints import has_checkpoint
from ml.runs.lifecycle import discard, perform
from ml.runs.storage import pairs_folder
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_attack, make_classifier

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("eager_networks"),
]

IMAGES = 48


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.WORK_DIR = tmp_path / "data" / "work"
    settings.CHECKPOINT_SECONDS = 0.0
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def attack() -> Attack:
    """Return a generator that was never trained: it changes images all the same."""
    from ml.classifiers.weights import store_weights
    from ml.networks.architectures.generator import build_generator
    from ml.networks.backend import reset_session
    from ml.networks.saved_network import network_to_bytes

    reset_session(5)
    generator = build_generator(image_size=24, strength=40.0)
    last = generator.get_layer("last")
    last.set_weights([30 * weights for weights in last.get_weights()])
    weights, sha256 = store_weights(network_to_bytes(generator), uid=uuid.uuid4())
    dataset = make_dataset(per_class=40)
    assert dataset.images.filter(split="test").count() == IMAGES
    return make_attack(make_classifier(dataset), strength=40.0, weights=weights, weights_sha256=sha256, options={})


def stop_at(count: int) -> Callable[..., None]:
    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done >= count:
            raise KeyboardInterrupt

    return progress


def files_of(uid: object) -> set[str]:
    folder = pairs_folder(uid)
    return (
        {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]} if default_storage.exists(folder) else set()
    )


def rows_of(pair_set: PairSet) -> list[tuple[Any, ...]]:
    fields = ("image__name", "clean_sha256", "perturbed_sha256", "linf", "l2", "psnr", "ssim")
    return list(pair_set.pairs.order_by("image__name").values_list(*fields))


def test_a_making_that_was_cut_off_goes_on_after_the_last_shard_that_was_finished(attack: Attack) -> None:
    whole = perform(PairMaking(attack=attack, name="whole"))
    work = PairMaking(attack=attack, name="in parts")

    for stop, kept in ((5, 0), (37, 32), (40, 32)):  # none at the end of a shard, which here is a batch of 16
        with pytest.raises(KeyboardInterrupt):
            perform(work, progress=stop_at(stop))
        run = Run.objects.latest("pk")
        assert len(files_of(run.options["uid"])) == 2 * kept
        assert (run.state, "goes on from there" in run.error) == (Run.State.INTERRUPTED, kept > 0)
    counted: list[int] = []
    parted = perform(work, progress=lambda done, total, note="", figures=None: counted.append(done))

    assert counted[0] == 32
    assert sorted(set(counted)) == list(range(32, IMAGES + 1))
    assert parted.run == run
    assert parted.uid == uuid.UUID(run.options["uid"])
    assert rows_of(parted) == rows_of(whole)
    assert {row[3] for row in rows_of(whole)} != {0}, "the images were changed"
    pairs = parted.pairs.all()
    assert files_of(parted.uid) == {str(file.name) for pair in pairs for file in (pair.clean_file, pair.perturbed_file)}
    assert len(files_of(parted.uid)) == 2 * IMAGES
    assert not has_checkpoint(parted.uid)


def test_a_file_that_is_damaged_before_it_is_collected_is_made_again(attack: Attack, settings: Settings) -> None:
    whole = perform(PairMaking(attack=attack, name="whole"))
    damaged: list[Path] = []

    def damage_once(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done == 20 and not damaged:
            damaged.append(next(settings.WORK_DIR.glob("*/shards/000001-*/*.png")))
            damaged[0].write_bytes(b"")

    made = perform(PairMaking(attack=attack, name="damaged"), progress=damage_once)

    assert damaged
    assert rows_of(made) == rows_of(whole)
    assert len(files_of(made.uid)) == 2 * IMAGES


def test_nothing_is_left_of_the_folder_in_which_pairs_were_made(attack: Attack, settings: Settings) -> None:
    perform(PairMaking(attack=attack, name="p"))

    assert list(settings.WORK_DIR.iterdir()) == []


def test_what_was_cut_off_and_is_discarded_leaves_no_file(attack: Attack, settings: Settings) -> None:
    with pytest.raises(KeyboardInterrupt):
        perform(PairMaking(attack=attack, name="p"), progress=stop_at(20))
    run = Run.objects.get()
    assert len(files_of(run.options["uid"])) == 32

    discard(run)

    assert files_of(run.options["uid"]) == set()
    assert list(settings.WORK_DIR.iterdir()) == []
    assert not default_storage.exists(pairs_folder(run.options["uid"]))


def test_an_image_that_is_gone_is_named_and_what_was_made_is_kept(attack: Attack) -> None:
    image = attack.attacked_classifier.dataset.images.filter(split="test").order_by("name")[40]
    with image.file.open() as file:
        data = file.read()
    default_storage.delete(str(image.file.name))

    with pytest.raises(MlError, match=f"The image {image.name} of the dataset lesions cannot be read"):
        perform(PairMaking(attack=attack, name="p"))

    run = Run.objects.get()
    assert run.state == Run.State.FAILED
    default_storage.save(str(image.file.name), ContentFile(data))
    made = perform(PairMaking(attack=attack, name="p"))
    assert (made.run, made.pairs.count()) == (run, IMAGES)


def test_too_little_room_is_told_of_before_anything_is_read(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_space, "BYTES", 1e12)  # as if each pair took as much as no disk has
    told: list[int] = []

    with pytest.raises(
        MlError, match=r"48 pairs of 24 × 24 pixels take about .* GB, and .* are free where the data lie"
    ):
        perform(
            PairMaking(attack=attack, name="p"),
            progress=lambda done, total, note="", figures=None: told.append(done),
        )

    assert told == []
    assert not ImagePair.objects.exists()


def test_the_estimate_of_the_room_is_about_right() -> None:
    rng = np.random.default_rng(3)
    clean = draw_lesion("nv", rng, 128)
    perturbed = np.clip(clean.astype(int) + rng.integers(-8, 9, clean.shape), 0, 255).astype(np.uint8)

    taken = sum(len(encode_png_quickly(twin)) for twin in (clean, perturbed))

    assert 0.8 * taken < disk_space.room_for_pairs(1, 128) < 1.5 * taken


def test_a_disk_that_fills_up_keeps_the_pairs_of_the_last_checkpoint(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = default_storage.save
    saved: list[str] = []

    def save_while_there_is_room(name: str, content: Any, max_length: int | None = None) -> str:
        if len(saved) >= 60:
            raise OSError(28, "No space left on device")
        saved.append(name)
        return save(name, content, max_length)

    with monkeypatch.context() as full:
        full.setattr(default_storage, "save", save_while_there_is_room)
        with pytest.raises(MlError, match=r"The disk is full: make room .* What it had done is kept: resume it"):
            perform(PairMaking(attack=attack, name="p"))

    run = Run.objects.get()
    assert run.state == Run.State.FAILED
    made = perform(PairMaking(attack=attack, name="p"))
    assert (made.run, made.pairs.count(), len(files_of(made.uid))) == (run, IMAGES, 2 * IMAGES)
