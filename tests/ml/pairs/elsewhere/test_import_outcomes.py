"""Imports of pairs and how they end: several strengths, Table 1, bad files among good ones, none left, cut off."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from ml.errors import MlError
from ml.images.pixels import decode
from ml.images.stored_file import read_stored
from ml.models import Attack, Dataset, PairSet, Run
from ml.pairs.elsewhere.twins import NO_DIAGNOSIS
from ml.pairs.files import read_twins
from ml.runs.lifecycle import new_run, perform, perform_run
from ml.runs.storage import pairs_folder
from perception.analysis.classification import summarise_attack
from tests.ml.factories import make_dataset
from tests.ml.pairs.elsewhere.twins_on_disk import (
    clean_pixels,
    pair_import,
    perturbed_pixels,
    save,
    write_twins,
)

pytestmark = pytest.mark.django_db

NAMES = [f"{dx}/{number}" for dx in ("bkl", "mel", "nv") for number in range(3)]
HEADER = ("clean", "perturbed", "diagnosis", "lesion", "strength", "prediction_before", "prediction_after")


def write_table(path: Path, rows: list[tuple[object, ...]], header: tuple[str, ...] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_a_dataset_of_this_installation_may_have_been_perturbed_elsewhere(tmp_path: Path) -> None:
    """Its images are known by the ends of their names, and by their bytes; they are of one side of its split."""
    dataset = make_dataset(name="ours", per_class=5)
    test = list(dataset.images.filter(split="test").order_by("name"))
    assert test

    for image in test:
        data = read_stored(image.file)
        (tmp_path / "clean").mkdir(exist_ok=True)
        (tmp_path / "clean" / f"{image.name}.png").write_bytes(data)
        save(
            tmp_path / "perturbed" / f"{image.name}.png", np.clip(decode(data).astype(int) + 5, 0, 255).astype(np.uint8)
        )
    pairs = perform(pair_import(tmp_path, dataset="ours"))

    assert {pair.image for pair in pairs.pairs.select_related("image")} == set(test)
    assert "no diagnoses were given" not in pairs.notes
    assert Dataset.objects.count() == 1

    train = dataset.images.filter(split="train").first()
    assert train is not None
    data = read_stored(train.file)
    (tmp_path / "clean" / f"{train.name}.png").write_bytes(data)
    save(tmp_path / "perturbed" / f"{train.name}.png", decode(data))
    with pytest.raises(MlError, match="train and test images"):
        perform(pair_import(tmp_path, name="both sides", dataset="ours"))
    assert not Attack.objects.filter(name="both sides").exists()


def test_each_strength_of_a_table_is_a_pair_set_with_its_own_table_one(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = []
    for number in range(6):
        save(tmp_path / f"in/{number}.png", clean_pixels(number))
        for levels in (4, 16):
            save(tmp_path / f"out{levels}/{number}.png", perturbed_pixels(number, levels))
            true = ("mel", "bkl", "nv")[number % 3]
            read = "nv" if levels == 16 else true
            rows.append((f"in/{number}.png", f"out{levels}/{number}.png", true, f"L{number // 2}", levels, true, read))
    first = perform(pair_import(write_table(tmp_path / "t.csv", rows), target_class="nv"))

    pair_sets = list(PairSet.objects.filter(run=first.run).select_related("evaluation"))
    assert [(one.name, one.strength, one.attack.name) for one in pair_sets] == [
        ("elsewhere 4", 4.0, "elsewhere 4"),
        ("elsewhere 16", 16.0, "elsewhere 16"),
    ]
    assert len({one.dataset_id for one in pair_sets}) == 1
    assert pair_sets[0].dataset.images.count() == 6
    assert pair_sets[0].dataset.images.values("lesion").distinct().count() == 3
    truth = [str(row[2]) for row in rows[::2]]
    for one, after in zip(pair_sets, (truth, ["nv"] * 6), strict=True):
        expected = summarise_attack(
            truth, truth, after, classes=["bkl", "mel", "nv"], target="nv", lesions=[str(row[3]) for row in rows[::2]]
        )
        assert one.evaluation.table == expected.as_dict()
    assert pair_sets[1].evaluation.table["overall"]["fooling_ratio"]["k"] == 4
    assert "given with the pairs, and not computed here" in pair_sets[1].notes[1]


def test_without_a_target_class_what_changed_its_class_is_counted(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = []
    for number, (true, before, after) in enumerate(
        [("mel", "mel", "nv"), ("mel", "nv", "nv"), ("nv", "nv", "nv"), ("nv", "nv", "df")]
    ):
        save(tmp_path / f"in/{number}.png", clean_pixels(number))
        save(tmp_path / f"out/{number}.png", perturbed_pixels(number))
        rows.append((f"in/{number}.png", f"out/{number}.png", true, before, after))
    header = ("clean", "perturbed", "diagnosis", "prediction_before", "prediction_after")
    pair_set = perform(pair_import(write_table(tmp_path / "t.csv", rows, header)))

    table = pair_set.evaluation.table
    assert table["target"] is None
    assert list(table["classes"]) == ["mel", "nv", "df"]
    overall = table["overall"]
    assert (overall["fooling_ratio"]["k"], overall["fooling_ratio"]["n"]) == (2, 4)
    assert (overall["fooling_ratio_of_others"]["k"], overall["fooling_ratio_of_others"]["n"]) == (2, 3)
    assert overall["accuracy_after"]["k"] == 1
    assert overall["target_share_after"]["estimate"] is None


@pytest.mark.parametrize(
    ("columns", "row", "words"),
    [
        (("diagnosis", "prediction_before"), ("mel", "mel"), "predictions are missing of 2 of 2"),
        (("prediction_before", "prediction_after"), ("mel", "nv"), "no diagnoses to hold them against"),
        (("diagnosis",), ("mel",), "no predictions were given"),
    ],
)
def test_where_table_one_cannot_be_made_it_says_why(
    tmp_path: Path, columns: tuple[str, ...], row: tuple[str, ...], words: str
) -> None:
    write_twins(tmp_path, ["0", "1"])
    rows: list[tuple[object, ...]] = [(f"clean/{n}.png", f"perturbed/{n}.png", *row) for n in (0, 1)]
    pair_set = perform(pair_import(write_table(tmp_path / "t.csv", rows, ("clean", "perturbed", *columns))))

    assert pair_set.evaluation.table == {}
    assert words in pair_set.notes[1]


def test_bad_pairs_are_told_and_leave_nothing_and_the_good_ones_are_kept(tmp_path: Path) -> None:
    folder = write_twins(tmp_path / "twins", ["a", "b", "c", "d", "e"])
    save(folder / "clean/b.jpg", clean_pixels(1))
    (folder / "clean/b.png").unlink()
    (folder / "perturbed/c.png").write_bytes(b"no image")
    save(folder / "clean/d.png", clean_pixels(0))  # the bytes of a, as another lesion
    report = tmp_path / "refused.csv"
    out = io.StringIO()

    call_command("import_pairs", str(folder), made_by="PGD", name="kept", report=report, stdout=out)

    pair_set = PairSet.objects.get(name="kept")
    assert sorted(pair_set.pairs.values_list("image__name", flat=True)) == ["a", "e"]
    stored = set(default_storage.listdir(pairs_folder(pair_set.uid))[1])
    used = {str(name) for pair in pair_set.pairs.all() for name in (pair.clean_file, pair.perturbed_file)}
    assert {f"{pairs_folder(pair_set.uid)}/{name}" for name in stored} == used
    told = out.getvalue()
    assert all(words in told for words in ("clean/b.jpg and perturbed/b.png", "c.png", "clean/d.png", "PSNR: median"))
    assert report.read_text(encoding="utf-8").count("\n") == 4
    run = Run.objects.get(kind=Run.Kind.IMPORT_PAIRS)
    assert run.note.startswith("2 pairs in 1 pair set; 3 refused, the first: ")


def test_where_no_pair_is_left_nothing_is(tmp_path: Path) -> None:
    folder = write_twins(tmp_path, ["a", "b"], ending=".jpg")

    with pytest.raises(CommandError, match=r"No pair could be taken; 2 files or rows were refused:\nclean/a.png and"):
        call_command("import_pairs", str(folder), made_by="PGD", name="none")

    assert not Dataset.objects.exists()
    assert not Attack.objects.exists()
    run = Run.objects.get()
    assert run.state == Run.State.FAILED
    assert not default_storage.exists(pairs_folder(run.options["uid"]))


def test_equal_twins_are_told_and_nothing_but_equal_twins_is_no_attack(tmp_path: Path) -> None:
    folder = write_twins(tmp_path, ["a", "b"])
    save(folder / "perturbed/a.png", clean_pixels(0))
    assert "the twins of 1 pair are equal: the attack changed nothing in them" in perform(pair_import(folder)).notes
    save(folder / "perturbed/b.png", clean_pixels(1))
    with pytest.raises(MlError, match="all 2 pairs are equal"):
        perform(pair_import(folder, name="again", dataset="elsewhere"))
    assert not Attack.objects.filter(name="again").exists()


def test_twins_that_differ_far_more_than_others_are_named(tmp_path: Path) -> None:
    folder = write_twins(tmp_path, ["a", "b", "c", "d", "e"], levels=2)
    save(folder / "perturbed/c.png", perturbed_pixels(40))
    notes = perform(pair_import(folder)).notes
    assert any(
        note.startswith("the twins of 1 pair differ more than 5 times") and "clean/c.png" in note for note in notes
    )


def test_several_sizes_are_brought_to_one_that_is_named(tmp_path: Path) -> None:
    folder = write_twins(tmp_path, ["a", "b"])
    save(folder / "clean/c.png", clean_pixels(5, side=48)[:, :40])
    save(folder / "perturbed/c.png", perturbed_pixels(5, side=48)[:, :40])

    with pytest.raises(MlError, match=r"2 sizes, from 24 to 40 pixels a side.*--size"):
        perform(pair_import(folder))
    pair_set = perform(pair_import(folder, size=32))

    assert pair_set.image_size == 32
    assert "1 pair not square: both twins were cropped to the square in the middle" in pair_set.notes
    assert any("resampled alike from 24 to 40 to 32 pixels" in note for note in pair_set.notes)
    assert all(
        twin.shape == (32, 32, 3) for pair in pair_set.pairs.select_related("image") for twin in read_twins(pair)
    )


def test_images_without_diagnoses_are_taken(tmp_path: Path) -> None:
    pair_set = perform(pair_import(write_twins(tmp_path, ["a", "b", "c"])))
    assert pair_set.dataset.classes == [NO_DIAGNOSIS]
    assert "no diagnoses were given" in pair_set.notes
    assert "no diagnoses were given" in pair_set.dataset.notes


def test_a_strength_that_is_exceeded_is_told(tmp_path: Path) -> None:
    pair_set = perform(pair_import(write_twins(tmp_path, ["a", "b"], levels=9), strength=8.0))
    assert pair_set.strength == 8.0
    assert "2 of 2 pairs change by more than was declared" in pair_set.notes[0]


def test_one_jpeg_for_all_is_told_and_measured(tmp_path: Path) -> None:
    pair_set = perform(pair_import(write_twins(tmp_path, ["a", "b"], ending=".jpg"), compression="jpeg", quality=90))
    assert any(
        "in 2 of 2 pairs the clean one is lossless, the perturbed one JPEG; all twins went through one JPEG" in note
        for note in pair_set.notes
    )
    for number, pair in enumerate(pair_set.pairs.select_related("image")):
        clean, perturbed = read_twins(pair)
        assert not np.array_equal(clean, clean_pixels(number))
        assert pair.linf == np.abs(clean.astype(int) - perturbed.astype(int)).max()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"made_by": " "}, "--made-by"),
        ({"strength": 0.03}, "--strength"),
        ({"size": 10}, "--size"),
        ({"compression": "png"}, "--compression"),
        ({"classifier": "x" * 101}, "--classifier"),
        ({"target_class": "x" * 51}, "--target-class"),
        ({"target_class": "df"}, "--target-class: no diagnosis and no prediction is 'df'"),
        ({"dataset": "nowhere"}, "There is no dataset 'nowhere'"),
        ({"name": ""}, "needs a name"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"report": "/nowhere/at/all.csv"}, "no folder"),
        ({"bits": 3}, "bits"),
    ],
)
def test_what_could_only_fail_later_is_refused_at_once(
    tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(MlError, match=message):
        pair_import(write_twins(tmp_path, ["mel/a", "nv/b"]), **options).check()


def test_a_strength_is_said_once(tmp_path: Path) -> None:
    write_twins(tmp_path, ["0"])
    rows: list[tuple[object, ...]] = [("clean/0.png", "perturbed/0.png", 8)]
    table = write_table(tmp_path / "t.csv", rows, ("clean", "perturbed", "strength"))
    with pytest.raises(MlError, match="leave --strength out"):
        pair_import(table, strength=8.0).check()


def test_an_import_that_was_cut_off_after_its_dataset_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_twins(tmp_path, ["mel/a", "nv/b"])
    with monkeypatch.context() as cut:
        cut.setattr("ml.pairs.elsewhere.importing.save_pair_set", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            perform(pair_import(folder))
    assert Dataset.objects.get().pair_sets.count() == 0
    (run,) = Run.objects.all()
    assert not default_storage.exists(pairs_folder(run.options["uid"]))

    pair_set = perform(pair_import(folder))

    assert pair_set.dataset == Dataset.objects.get()
    assert pair_set.pairs.count() == 2


def test_who_asks_for_it_owns_what_is_made(tmp_path: Path) -> None:
    user = User.objects.create_user("anna")
    work = pair_import(write_twins(tmp_path, ["a", "b"]))
    pair_set = perform_run(new_run(work, by=user), work)
    assert {pair_set.owner, pair_set.attack.owner, pair_set.dataset.owner} == {user}
